import process from "node:process";
import * as v from "valibot";
import { databaseProxy } from "../shared/network/database-proxy.ts";
import { address, EnvError, parseEnv } from "../shared/env.ts";
import { toErrorText } from "../shared/errors.ts";
import { createLog } from "../shared/log.ts";
import { migrate } from "./migrate.ts";

const settings = v.object({
  DATABASE_URL: address("postgres:", "postgresql:"),
  DATABASE_PROXY: v.optional(databaseProxy),
});

const log = createLog((line) => void process.stdout.write(`${line}\n`));
try {
  const { DATABASE_URL: url, DATABASE_PROXY: proxy } = parseEnv(settings, process.env);
  for (const migration of await migrate({ url, proxy }))
    log.info("migration.applied", { migration });
  log.info("database.migrated", {});
} catch (error) {
  const faults = error instanceof EnvError ? error.faults.join("; ") : undefined;
  log.error("migration.failed", { error: toErrorText(error), ...(faults && { faults }) });
  process.exit(1);
}
