import * as v from "valibot";
import { type Database, openDatabase } from "../../db/client.ts";
import { address, parseEnv } from "../../shared/env.ts";
import { inCheckout } from "../checkout.ts";
import { serveDatabaseProxy } from "../servers/database-proxy/serve.ts";
import { HOST } from "./ports.ts";
import { readStackFile } from "./stack-file.ts";
import { stateFolder } from "./state-folder.ts";

const settings = v.object({
  DATABASE_URL: v.optional(address("postgres:", "postgresql:")),
  DATABASE_PROXY: v.optional(v.string()),
});

/**
 * Opens the database that DATABASE_URL names, or else the database of the stack that runs in this
 * checkout. If the database is not on Neon and DATABASE_PROXY is not set, it also starts a proxy,
 * which ends when the database is closed.
 *
 * @throws {EnvError} that names the wrong setting, without its value.
 */
export async function openNamedDatabase(env: Readonly<Record<string, unknown>>): Promise<Database> {
  const { url, proxy: givenProxy } = await nameDatabase(env);
  await using opened = new AsyncDisposableStack();
  const { hostname: host, port } = new URL(url);
  let proxy = givenProxy;
  if (proxy === undefined && !host.endsWith(".neon.tech")) {
    const postgres = { host, port: Number(port || 5_432) };
    const served = opened.use(await serveDatabaseProxy({ port: 0, postgres }));
    proxy = `${HOST}:${served.port}`;
  }
  const database = opened.use(openDatabase({ url, proxy, maxConnections: 1 }));
  const owned = opened.move();
  return { ...database, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}

/**
 * Returns the URL of the database that `openNamedDatabase()` opens, and the value of
 * DATABASE_PROXY, if set.
 *
 * @throws {EnvError} that names the wrong setting, without its value.
 */
export async function nameDatabase(
  env: Readonly<Record<string, unknown>>,
): Promise<{ url: string; proxy: string | undefined }> {
  const given = parseEnv(settings, env);
  const url = given.DATABASE_URL ?? (await runningStack())?.postgres;
  if (url === undefined) {
    throw new Error("Cannot find a database: set DATABASE_URL, or start one with npm start");
  }
  return { url, proxy: given.DATABASE_PROXY };
}

const runningStack = () => readStackFile(stateFolder(inCheckout(".dev")).stackFile);
