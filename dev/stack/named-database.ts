import * as v from "valibot";
import type { Database } from "../../db/client.ts";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import { parseEnv } from "../../shared/env.ts";
import { tcpDatabaseUrl } from "../../shared/network/database-url.ts";
import { inCheckout } from "../checkout.ts";
import { readStackFile } from "./stack-file.ts";
import { stateFolder } from "./state-folder.ts";

const settings = v.object({
  DATABASE_URL: v.optional(tcpDatabaseUrl),
  DATABASE_CA_FILE: v.optional(v.string()),
});

/**
 * Opens the database of DATABASE_URL, or else of the stack that runs in this checkout.
 *
 * @throws {EnvError} when a setting is wrong. The error names the setting, without its value.
 * @throws {Error} when DATABASE_URL is not set and no stack runs.
 */
export async function openNamedDatabase(env: Readonly<Record<string, unknown>>): Promise<Database> {
  return openTcpDatabase({ ...(await nameDatabase(env)), maxConnections: 1 });
}

/**
 * Returns the address of the database that `openNamedDatabase()` opens, and throws the same errors.
 */
export async function nameDatabase(
  env: Readonly<Record<string, unknown>>,
): Promise<{ url: string; caFile: string | undefined }> {
  const given = parseEnv(settings, env);
  const url = given.DATABASE_URL ?? (await runningStack())?.postgres;
  if (url === undefined) {
    throw new Error("Cannot find a database: set DATABASE_URL, or start one with npm start");
  }
  return { url, caFile: given.DATABASE_CA_FILE };
}

const runningStack = () => readStackFile(stateFolder(inCheckout(".dev")).stackFile);
