import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { startAuthorizationServer } from "./authorization-server.ts";
import { authorizationServerSettings } from "./settings.ts";

const { values } = parseArgs({ options: { settings: { type: "string" } } });
// The settings come from a file, because every user of the machine can read command lines.
const text = await readFile(values.settings ?? "", "utf8");
const settings = v.parse(v.pipe(v.string(), v.parseJson(), authorizationServerSettings), text);

await using server = await startAuthorizationServer(settings);
const { issuer } = server.endpoints;
console.log(JSON.stringify({ event: "authorization_server.listening", issuer }));
await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
