import { join } from "node:path";
import pg from "pg";
import * as v from "valibot";
import { edgeUrl, startEdge } from "../../dev/edge.ts";
import { type ConnectLinks, connectLinks } from "../../shared/connect-link.ts";
import { partnerKeys } from "../../shared/vault.ts";
import { type DatabaseStack, startDatabaseStack } from "./database-stack.ts";

/** PostgreSQL, its proxy and the Worker in workerd, and nothing else: no NATS and no fleet. */
export interface EdgeStack
  extends
    Pick<DatabaseStack, "address" | "db" | "vaults" | "programs" | "newPartner">,
    AsyncDisposable {
  url: string;
  /** Rows of the database, asked for behind the edge's back. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** As the Worker signs and reads them. */
  links: ConnectLinks;
  /** The file that the Worker's log lines go to. */
  logFile: string;
}

export interface EdgeStackOptions {
  /** Writes other settings of the Worker into the folder, and says where. */
  wranglerConfig?: (folder: string) => Promise<string>;
  /** Settings of the Worker in place of the stack's own. */
  settings?: Readonly<Record<string, string>>;
}

export async function startEdgeStack({
  wranglerConfig,
  settings,
}: EdgeStackOptions = {}): Promise<EdgeStack> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await startDatabaseStack());
  const { context, address, db, vaults, programs, newPartner } = database;
  const pool = new pg.Pool({ connectionString: address.url, max: 2 });
  pool.on("error", () => undefined);
  opened.defer(() => pool.end());
  const config = await wranglerConfig?.(context.folder.root);
  opened.use(await startEdge(context, config, settings));
  const resources = opened.move();
  return {
    url: edgeUrl(context),
    address,
    db,
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    vaults,
    programs,
    links: connectLinks(v.parse(partnerKeys, context.keys.partner_keys), edgeUrl(context)),
    logFile: join(context.folder.logs, "edge.log"),
    newPartner,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
