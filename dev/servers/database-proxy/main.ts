import { once } from "node:events";
import { parseArgs } from "node:util";
import { HOST } from "../../stack/ports.ts";
import { serveDatabaseProxy } from "./serve.ts";

const { values } = parseArgs({
  options: { port: { type: "string" }, "postgres-port": { type: "string" } },
});

await using proxy = await serveDatabaseProxy({
  port: Number(values.port ?? 0),
  postgres: { host: HOST, port: Number(values["postgres-port"]) },
});
console.log(JSON.stringify({ event: "database_proxy.listening", port: proxy.port }));
await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
