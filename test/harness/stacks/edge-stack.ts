import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import pg from "pg";
import * as v from "valibot";
import { type EdgePlatform, edgeUrl, startEdge } from "../../../dev/servers/edge.ts";
import type { StackContext } from "../../../dev/stack/stack-context.ts";
import { type ConnectLinks, connectLinks } from "../../../shared/secrets/connect-link.ts";
import { partnerKeys } from "../../../shared/secrets/vault.ts";
import { type DatabaseStack, openDatabaseStack } from "./database-stack.ts";

/** A database, and the Worker in workerd. There is neither NATS nor a fleet. */
export interface EdgeStack
  extends Pick<DatabaseStack, "address" | "db" | "vaults" | "newPartner">, AsyncDisposable {
  url: string;
  /** Queries the database directly, without the Worker. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** Signs and verifies links as the Worker does. */
  links: ConnectLinks;
  /** Returns what the Worker has logged since this stack was opened. */
  log(): Promise<string>;
}

export interface EdgeStackOptions {
  /**
   * Writes a configuration file of the Worker into `folder`, and returns the file's path. The
   * Worker uses this file instead of wrangler.toml.
   */
  wranglerConfig?: (folder: string) => Promise<string>;
  /** Overrides settings of the edge. */
  settings?: Readonly<Record<string, string>>;
  /** What the edge runs on. The default is what the environment variable `EDGE` names. */
  platform?: EdgePlatform;
}

/** Settings that have no effect on Workers. Tests act as a trusted proxy (caller-address.ts). */
const OFF_WORKERS = { TRUSTED_PROXIES: "127.0.0.1" };

/** Starts an edge that uses this database. Disposing the stack also disposes the database. */
export async function startEdgeStack<Database extends DatabaseStack>(
  database: Database,
  { wranglerConfig, settings, ...options }: EdgeStackOptions = {},
): Promise<Database & EdgeStack> {
  await using opened = new AsyncDisposableStack();
  opened.use(database);
  const { context } = database;
  const config = await wranglerConfig?.(context.folder.root);
  opened.use(
    await startEdge(context, { ...options, config, settings: { ...OFF_WORKERS, ...settings } }),
  );
  const stack = opened.use(await openEdgeStack(context));
  const resources = opened.move();
  return { ...database, ...stack, [Symbol.asyncDispose]: () => resources.disposeAsync() };
}

/** Connects to a running Worker and to its database. */
export async function openEdgeStack(context: StackContext): Promise<EdgeStack> {
  const logFile = join(context.folder.logs, "edge.log");
  const { size } = await stat(logFile);
  const resources = new AsyncDisposableStack();
  const { address, db, vaults, newPartner } = resources.use(openDatabaseStack(context));
  const pool = new pg.Pool({ connectionString: address.url, max: 2 });
  pool.on("error", () => undefined);
  resources.defer(() => pool.end());
  return {
    url: edgeUrl(context),
    address,
    db,
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    vaults,
    links: connectLinks(v.parse(partnerKeys, context.keys.partner_keys), edgeUrl(context)),
    log: async () => (await readFile(logFile)).subarray(size).toString(),
    newPartner,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
