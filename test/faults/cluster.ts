import { mkdir, readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "drizzle-orm";
import { startFleet } from "../../dev/servers/fleet.ts";
import type { Keys } from "../../dev/stack/keys.ts";
import { startNats } from "../../dev/servers/nats-server.ts";
import type { Program } from "../../dev/processes/program.ts";
import { type Sink, startSink } from "../../dev/sink/sink.ts";
import type { StateFolder } from "../../dev/stack/state-folder.ts";
import type { Db } from "../../db/client.ts";
import {
  type DatabasePrograms,
  type DatabaseStack,
  startOwnDatabaseStack,
} from "../harness/stacks/database-stack.ts";
import { eventually } from "../harness/eventually.ts";
import {
  type ImapServerOptions,
  startImapServer,
  type TestImapServer,
} from "../imap-server/imap-server.ts";
import { type ClusterPartner, newClusterPartner, type PartnerPlace } from "./cluster-partner.ts";
import type { Ledger } from "./ledger.ts";
import type { Receipts } from "./receipts.ts";
import { type Watchfulness, watchConnections } from "./watchfulness.ts";

/**
 * Several fleet processes with one NATS, one Postgres, a mail server and a sink (a receiver of
 * webhooks). Mails and webhooks are numbered and recorded.
 */
export interface Cluster extends AsyncDisposable {
  db: Db;
  databaseAddress: DatabaseStack["address"];
  folder: StateFolder;
  /** The id of the first partner, which the cluster has from the start. */
  partnerId: string;
  /** The keys of all instances, unless `join()` overrides them. */
  keys: Keys;
  imap: TestImapServer;
  sink: Sink;
  programs: DatabasePrograms & { nats: Program };
  /** The login names of the first partner's users. */
  logins: readonly string[];
  ledger: Ledger;
  receipts: Receipts;
  watchfulness: Watchfulness;
  /**
   * Adds a partner with this many users. Its webhooks go to the path `/<name>`. It uses the
   * cluster's sink and mail server, unless `place` overrides them.
   */
  addPartner(name: string, users: number, place?: Partial<PartnerPlace>): Promise<ClusterPartner>;
  /** Starts another instance. Resolves when the instance is in the roster. */
  join(name: string, env?: Record<string, string>): Promise<Program>;
  /** Returns the log lines with this event name, of all instances. */
  logged(event: string): Promise<string[]>;
  /** Returns all log lines of all programs. */
  lines(): Promise<string[]>;
  /** Stops NATS and deletes its data, as if its disk were lost. */
  wipeNats(): Promise<void>;
  /**
   * Returns how many users each instance reported in its last heartbeat. Instances whose last
   * heartbeat is older than `sinceMs` are missing in the result.
   */
  held(sinceMs?: number): Promise<Record<string, number>>;
  /**
   * Waits until these instances watch all users and each user has exactly one connection. Returns
   * the number of users per instance.
   */
  untilShared(names: readonly string[]): Promise<number[]>;
}

/**
 * Settings that make tests fast. The intervals are at most a tenth of those in production, in
 * roughly the same proportions.
 */
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
  imapOptions: Pick<ImapServerOptions, "chaos" | "oauth2" | "tls"> = {},
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
  const partners: ClusterPartner[] = [];
  const add = async (
    name: string,
    logins: readonly string[],
    place: Partial<PartnerPlace> = {},
  ): Promise<ClusterPartner> => {
    const home = { imap, watchfulness, providerId: "prv_plain", oauth: null, webhooks: sink.url };
    const partner = await newClusterPartner({ database, sink }, name, logins, {
      ...home,
      ...place,
    });
    partners.push(partner);
    return partner;
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
    // The login of a user with OAuth tokens is a mail address.
    addPartner: (name, more, place) =>
      add(name, numbered(`${name}-`, more, place?.oauth ? "@test" : ""), place),
    async join(name, more = {}) {
      const settings = { ...SHORTENED, ...env, ...more };
      const program = await startFleet(context, { runtime: "bun", name, env: settings });
      // SIGTERM would start a handover, which may wait 30 s for an instance to take over the users.
      // No such instance is left.
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
      const watched = partners.map((partner) =>
        partner.watchfulness.untilAllWatched(partner.logins, 90_000),
      );
      await Promise.all(watched);
      const users = partners.reduce((sum, { logins: own }) => sum + own.length, 0);
      const servers = new Set(partners.map((partner) => partner.imap));
      // Ignores earlier heartbeats. They may come from a dead instance, or count users that have
      // moved.
      const sinceMs = Date.now();
      const areShared = async () => {
        const connections = [...servers].map((server) => server.connectionCount());
        if (connections.reduce((sum, count) => sum + count, 0) !== users) return undefined;
        const heldBy = await held(sinceMs);
        const counts = names.map((name) => heldBy[name] ?? 0);
        const total = counts.reduce((sum, count) => sum + count, 0);
        return total === users && counts.every((count) => count > 0) ? counts : undefined;
      };
      return eventually(`${names.join(", ")} to hold all`, areShared);
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const numbered = (prefix: string, count: number, suffix = "") =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}${suffix}`);
