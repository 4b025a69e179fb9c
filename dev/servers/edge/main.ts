import { once } from "node:events";
import { parseArgs } from "node:util";
import * as v from "valibot";
import { unstable_startWorker as startWorker } from "wrangler";
import { HOST } from "../../stack/ports.ts";

const text = v.pipe(v.string(), v.nonEmpty());
const flags = v.strictObject({
  config: text,
  port: v.pipe(text, v.transform(Number), v.integer()),
  "env-file": text,
  "persist-to": text,
  /** The scheme of the URL that the Worker sees. */
  scheme: v.optional(v.picklist(["http", "https"]), "http"),
});
const flag = { type: "string" } as const;
const { values } = parseArgs({
  options: { config: flag, port: flag, "env-file": flag, "persist-to": flag, scheme: flag },
});
const settings = v.parse(flags, values);

const worker = await startWorker({
  config: settings.config,
  envFiles: [settings["env-file"]],
  dev: {
    server: { hostname: HOST, port: settings.port },
    origin: { secure: settings.scheme === "https" },
    inspector: false,
    persist: settings["persist-to"],
    watch: true,
    // At more verbose levels, wrangler logs the path of each request. The path may contain a
    // secret: the token of a link, or a code.
    logLevel: "warn",
    // Prints the log lines of the Worker itself, at every level.
    structuredLogsHandler: ({ message }: { message: string }) =>
      void process.stdout.write(`${message}\n`),
  },
});
await worker.ready;
await Promise.race([once(process, "SIGTERM"), once(process, "SIGINT")]);
await worker.dispose();
process.exit();
