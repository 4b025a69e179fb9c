import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { startFleet } from "../../dev/fleet.ts";
import type { Keys } from "../../dev/keys.ts";
import { startNats } from "../../dev/nats-server.ts";
import type { Program } from "../../dev/program.ts";
import { type Sink, startSink } from "../../dev/sink.ts";
import type { StateFolder } from "../../dev/state-folder.ts";
import type { Received } from "../../dev/sink-inbox.ts";
import type { Db } from "../../db/client.ts";
import { newId } from "../../shared/ids.ts";
import {
  type DatabasePrograms,
  type DatabaseStack,
  startOwnDatabaseStack,
} from "../harness/database-stack.ts";
import { eventually } from "../harness/eventually.ts";
import {
  type ImapServer,
  type ImapServerOptions,
  startImapServer,
} from "../imap-server/imap-server.ts";
import { type Ledger, newLedger } from "./ledger.ts";
import { newReceipts, type Receipts } from "./receipts.ts";
import { type Watchfulness, watchConnections } from "./watchfulness.ts";

/** Several processes of the fleet on one NATS and one Postgres, a mail server of numbered mails, and a receiver. */
export interface Cluster extends AsyncDisposable {
  db: Db;
  databaseAddress: DatabaseStack["address"];
  folder: StateFolder;
  /** Of the users that it begins with. */
  partnerId: string;
  /** What the instances are started with, where `join()` is told nothing else. */
  keys: Keys;
  imap: ImapServer;
  sink: Sink;
  programs: DatabasePrograms & { nats: Program };
  /** The logins of all users. */
  logins: readonly string[];
  ledger: Ledger;
  receipts: Receipts;
  watchfulness: Watchfulness;
  /** One more partner, whose webhooks go to `/<name>` at the sink, with so many users. */
  addPartner(name: string, users: number): Promise<ClusterPartner>;
  /** Starts one more instance and returns when it is in the roster. */
  join(name: string, env?: Record<string, string>): Promise<Program>;
  /** The lines that all instances have logged under this name. */
  logged(event: string): Promise<string[]>;
  /** All that the programs have written. */
  lines(): Promise<string[]>;
  /** Loses the store of NATS, as with its machine. */
  wipeNats(): Promise<void>;
  /** How many users each instance holds, as its last heartbeat says, if that is no older. */
  held(sinceMs?: number): Promise<Record<string, number>>;
  /**
   * Waits until every user is watched, over one connection each, and these instances hold them all.
   * Returns how many each of them holds.
   */
  untilShared(names: readonly string[]): Promise<number[]>;
}

export interface ClusterPartner {
  id: string;
  logins: readonly string[];
  ledger: Ledger;
}

/** Intervals a tenth of those in production, and less: the proportions are the same. */
export const SHORTENED = {
  HEARTBEAT_INTERVAL: "0.5",
  HEARTBEAT_TTL: "2",
  REBALANCE_INTERVAL: "0.5",
  CLAIM_DELAY: "0.5",
  LOGIN_RATE: "1000",
  RETRY_SCHEDULE: "0.2,0.5,1,2,4,8",
  BREAKER_OPEN: "0.5",
  BREAKER_MAX_OPEN: "2",
  ACK_WAIT: "6",
};

export async function startCluster(
  users: number,
  env: Record<string, string> = {},
  imapOptions: Pick<ImapServerOptions, "chaos"> = {},
): Promise<Cluster> {
  await using opened = new AsyncDisposableStack();
  const database = opened.use(await startOwnDatabaseStack());
  const { context, db } = database;
  const nats = opened.use(await startNats(context));
  const imap = opened.use(await startImapServer(imapOptions));
  const sink = opened.use(await startSink(0));
  await db.execute(
    sql`update imap_providers set imap_host = ${imap.host}, imap_port = ${imap.port}, imap_security = 'none' where code = 'PLAIN'`,
  );
  const watchfulness = watchConnections(imap);
  const all: string[] = [];
  const add = async (name: string, logins: readonly string[]) => {
    all.push(...logins);
    return newClusterPartner({ database, imap, sink }, name, logins);
  };
  const logins = numbered("user", users);
  const { id, receipts, ledger } = await add("new_mail", logins);
  const held = async (sinceMs = 0): Promise<Record<string, number>> => {
    const { rows } = await db.execute<{ id: string; users_held: number }>(
      sql`select id, users_held from fleet_instances where heartbeat_at > ${new Date(sinceMs).toISOString()}`,
    );
    return Object.fromEntries(rows.map(({ id, users_held }) => [id, users_held]));
  };
  const lines = async () => {
    const { logs } = context.folder;
    const texts = (await readdir(logs)).map((name) => readFile(join(logs, name), "utf8"));
    return (await Promise.all(texts)).flatMap((text) => text.split("\n"));
  };
  const resources = opened.move();
  return {
    db,
    databaseAddress: database.address,
    folder: context.folder,
    partnerId: id,
    keys: context.keys,
    imap,
    sink,
    programs: { ...database.programs, nats },
    logins,
    ledger,
    receipts,
    watchfulness,
    addPartner: (name, more) => add(name, numbered(`${name}-`, more)),
    async join(name, more = {}) {
      const settings = { ...SHORTENED, ...env, ...more };
      const program = await startFleet(context, { runtime: "bun", name, env: settings });
      // Nobody is left to hand over to, which may take half a minute.
      resources.defer(() => program.stop("SIGKILL"));
      return program;
    },
    lines,
    logged: async (event) => (await lines()).filter((line) => line.includes(`"event":"${event}"`)),
    async wipeNats() {
      await nats.stop("SIGKILL");
      await rm(context.folder.nats, { recursive: true, force: true });
      await mkdir(context.folder.nats);
      await nats.start();
    },
    held,
    async untilShared(names) {
      await watchfulness.untilAllWatched(all, 90_000);
      // What was said before may be of an instance that is dead, or of users that have moved since.
      const sinceMs = Date.now();
      const areShared = async () => {
        if (imap.connectionCount() !== all.length) return undefined;
        const heldBy = await held(sinceMs);
        const counts = names.map((name) => heldBy[name] ?? 0);
        const total = counts.reduce((sum, count) => sum + count, 0);
        return total === all.length && counts.every((count) => count > 0) ? counts : undefined;
      };
      return eventually(`${names.join(", ")} to hold all`, areShared);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const numbered = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);

async function newClusterPartner(
  { database, imap, sink }: { database: DatabaseStack; imap: ImapServer; sink: Sink },
  name: string,
  logins: readonly string[],
): Promise<ClusterPartner & { receipts: Receipts }> {
  const newMailWebhook = `${sink.url}/${name}`;
  const { apiKey, webhookSecret, id } = await database.newPartner({ newMailWebhook });
  sink.trust({ api_key: apiKey, webhook_secret: webhookSecret });
  await insertUsers(database, imap, id, logins);
  const receipts = newReceipts();
  const take = (webhook: Received) => {
    if (webhook.path === `/${name}`) receipts.take(webhook);
  };
  sink.listen(take, new AbortController().signal);
  return { id, logins, receipts, ledger: newLedger(imap, receipts, logins) };
}

async function insertUsers(
  { db, vaults }: DatabaseStack,
  imap: ImapServer,
  partnerId: string,
  logins: readonly string[],
): Promise<void> {
  const connectionId = newId("con");
  await db.execute(
    sql`insert into partner_connections (id, partner_id, provider_id) values (${connectionId}, ${partnerId}, 'prv_plain')`,
  );
  const rows = [];
  for (const login of logins) {
    imap.addAccount({ login, password: login, address: `${login}@test` });
    const id = newId("usr");
    const sealed = await vaults.mailbox.seal(`users/${id}/login_password`, login);
    rows.push({ id, tag: login, sealed });
  }
  await db.execute(sql`
    insert into users (id, connection_id, tag, login_username, sealed_login_password, connected_at)
    select id, ${connectionId}, tag, tag, sealed, now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as row (id text, tag text, sealed text)`);
}
