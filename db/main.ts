import process from "node:process";
import * as v from "valibot";
import { EnvError, parseEnv } from "../shared/env.ts";
import { toErrorText } from "../shared/errors.ts";
import { createLog } from "../shared/log.ts";
import { tcpDatabaseUrl } from "../shared/network/database-url.ts";
import { migrate } from "./migrate.ts";

const settings = v.object({
  DATABASE_URL: tcpDatabaseUrl,
  DATABASE_CA_FILE: v.optional(v.string()),
});

const log = createLog((line) => void process.stdout.write(`${line}\n`));
try {
  const { DATABASE_URL: url, DATABASE_CA_FILE: caFile } = parseEnv(settings, process.env);
  for (const migration of await migrate({ url, caFile }))
    log.info("migration.applied", { migration });
  log.info("database.migrated", {});
} catch (error) {
  const faults = error instanceof EnvError ? error.faults.join("; ") : undefined;
  log.error("migration.failed", { error: toErrorText(error), ...(faults && { faults }) });
  process.exit(1);
}
