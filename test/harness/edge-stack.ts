import { join } from "node:path";
import pg from "pg";
import * as v from "valibot";
import { openDatabase } from "../../db/client.ts";
import { migrate } from "../../db/migrate.ts";
import { type CreatedPartner, createPartner, type NewPartner } from "../../db/partners.ts";
import { databaseProxyAddress, startDatabaseProxy } from "../../dev/database-proxy.ts";
import { edgeUrl, startEdge } from "../../dev/edge.ts";
import { keepCertificates } from "../../dev/certificates.ts";
import { makeKeys } from "../../dev/keys.ts";
import { choosePorts, FREE_PORTS } from "../../dev/ports.ts";
import { wipePostgres } from "../../dev/postgres-home.ts";
import { postgresUrl, startPostgres } from "../../dev/postgres.ts";
import type { Program } from "../../dev/program.ts";
import { prepareStateFolder, stateFolder } from "../../dev/state-folder.ts";
import type { StackContext } from "../../dev/stack-context.ts";
import { temporaryFolder } from "../../dev/temporary-folder.ts";
import {
  mailboxOpener,
  mailboxPrivateKeys,
  type Opener,
  partnerKeys,
  partnerVault,
  type Sealer,
} from "../../shared/vault.ts";

const START_TIMEOUT_MS = 60_000;

/** PostgreSQL, its proxy and the Worker in workerd, and nothing else: no NATS and no fleet. */
export interface EdgeStack extends AsyncDisposable {
  url: string;
  /** Rows of the database, asked for behind the edge's back. */
  query(sql: string, values?: unknown[]): Promise<Record<string, unknown>[]>;
  /** What the fleet holds of the keys. */
  vaults: { mailbox: Opener; partner: Sealer & Opener };
  /** They can be stopped and started again. */
  programs: { postgres: Program; databaseProxy: Program };
  /** The file that the Worker's log lines go to. */
  logFile: string;
  newPartner(settings?: Partial<NewPartner>): Promise<CreatedPartner>;
}

export async function startEdgeStack(): Promise<EdgeStack> {
  await using opened = new AsyncDisposableStack();
  const folder = stateFolder(opened.use(await temporaryFolder()).path);
  await prepareStateFolder(folder);
  opened.defer(() => wipePostgres(folder));
  const keys = await makeKeys(folder.keysFile);
  const context: StackContext = {
    folder,
    keys,
    ports: (await choosePorts(FREE_PORTS)).ports,
    certificates: await keepCertificates(folder.certificates),
    durable: false,
    signal: AbortSignal.timeout(START_TIMEOUT_MS),
  };
  const postgres = opened.use(await startPostgres(context));
  const databaseProxy = opened.use(await startDatabaseProxy(context));
  const address = { url: postgresUrl(context), proxy: databaseProxyAddress(context) };
  await migrate(address);
  const { db } = opened.use(openDatabase({ ...address, maxConnections: 1 }));
  const pool = new pg.Pool({ connectionString: address.url, max: 2 });
  pool.on("error", () => undefined);
  opened.defer(() => pool.end());
  opened.use(await startEdge(context));

  const vaults = {
    mailbox: mailboxOpener(v.parse(mailboxPrivateKeys, keys.mailbox_private_keys)),
    partner: partnerVault(v.parse(partnerKeys, keys.partner_keys)),
  };
  const resources = opened.move();
  return {
    url: edgeUrl(context),
    query: async (sql, values) => (await pool.query(sql, values)).rows,
    vaults,
    programs: { postgres, databaseProxy },
    logFile: join(folder.logs, "edge.log"),
    newPartner: (settings) => createPartner(db, vaults.partner, { name: "Test", ...settings }),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
