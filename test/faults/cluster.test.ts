import { setTimeout as delay } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { jetstreamManager } from "@nats-io/jetstream";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import { afterEach, expect, test } from "vitest";
import { findPurge, type Purge } from "../../db/removal/purges.ts";
import { startUserRemoval } from "../../db/removal/removals.ts";
import { purges } from "../../db/removal/tables.ts";
import { userSubjects } from "../../fleet/bus/subjects.ts";
import { type NatsCluster, startNatsCluster } from "../deploy/nats-cluster.ts";
import { eventually } from "../harness/eventually.ts";
import { freeze } from "../harness/freeze.ts";
import { type Cluster, startCluster } from "./cluster.ts";
import type { ClusterPartner } from "./cluster-partner.ts";

const USERS = 12;
/** How long a server is frozen. In this time, the other servers elect a new leader. */
const FROZEN_MS = 20_000;
/** How long a server is cut off. In this time, a leader notices that it has lost its followers. */
const CUT_OFF_MS = 15_000;
const QUOTA = 60;
/**
 * The maximum number of events that two instances publish. Each instance counts only its own
 * events, and may publish a batch of 50 beyond the quota.
 */
const MAX_QUEUED = 2 * (QUOTA + 50);

let nats: NatsCluster;
let fleet: Cluster;
afterEach(async () => {
  await fleet?.[Symbol.asyncDispose]();
  await nats?.[Symbol.asyncDispose]();
});

/**
 * Starts three NATS servers, and a fleet that has no instances yet. `joinBoth()` adds two
 * instances, each of which uses a different NATS server.
 */
async function startTwo(env: Record<string, string> = {}): Promise<void> {
  nats = await startNatsCluster();
  fleet = await startCluster(USERS, {
    ...{ LANE_QUOTA_EVENTS: String(QUOTA), LANE_QUOTA_INTERVAL: "0.5", NUM_WORKER_THREADS: "1" },
    ...{ TRIM_INTERVAL: "1", TRIM_AGE: "1", ...env },
  });
}

async function joinBoth(): Promise<void> {
  const on = (server: number) => ({
    ...nats.fleetSettings,
    NATS_URL: nats.servers[server]?.url ?? "",
  });
  await Promise.all([fleet.join("a", on(0)), fleet.join("b", on(1))]);
  await fleet.untilShared(["a", "b"]);
}

const connectOperator = (): Promise<NatsConnection> =>
  connect({
    servers: nats.servers.map(({ url }) => url),
    user: "operator",
    pass: "operator",
    tls: { caFile: nats.caFile },
  });

/** Makes the streams and consumers elect new leaders. */
async function stepDown(): Promise<void> {
  const connection = await connectOperator();
  // Without a leader, nobody answers. The request is then sent again.
  const ask = (subject: string) =>
    eventually(`an answer to ${subject}`, () =>
      connection.request(`$JS.API.${subject}`, "", { timeout: 2_000 }).catch(() => undefined),
    );
  for (const stream of ["EVENTS", "BODIES", "ATTEMPTS", "KV_FLEET"]) {
    await ask(`STREAM.LEADER.STEPDOWN.${stream}`);
  }
  await ask("CONSUMER.LEADER.STEPDOWN.ATTEMPTS.write-attempts");
  await connection.close();
}

async function failWebhooks(times: number, path = ""): Promise<void> {
  const body = JSON.stringify({ times, ...(times > 0 && { status: 500 }), ...(path && { path }) });
  const { ok } = await fetch(`${fleet.sink.url}/behave`, { method: "POST", body });
  expect(ok).toBe(true);
}

async function isPaused({ id }: ClusterPartner): Promise<boolean> {
  const { rows } = await fleet.db.execute(
    sql`select from lanes where partner_id = ${id} and ingest_paused_at is not null`,
  );
  return rows.length > 0;
}

async function countQueued({ id }: ClusterPartner): Promise<number> {
  const { rows } = await fleet.db.execute<{ n: number }>(
    sql`select count(*)::int as n from mail_logs where partner_id = ${id} and state = 'queued'`,
  );
  return rows[0]?.n ?? NaN;
}

const trimmed = async () => (await fleet.logged("stream.trimmed")).length;

async function untilTrimmedAgain(): Promise<void> {
  const before = await trimmed();
  fleet.ledger.send(10);
  await eventually("the trimmer to go on", async () => (await trimmed()) > before || undefined);
}

// Takes a minute: leaders are elected twice, and a server is frozen for 20 s.
test("of three servers one is killed, one frozen, and leaders change while retries wait: nothing is lost, quota and trimmer continue", async () => {
  await startTwo();
  const dead = await fleet.addPartner("dead", 4);
  await failWebhooks(1_000_000, "/dead");
  await joinBoth();
  const [first, second] = nats.servers;
  if (!first || !second) throw new Error("No servers");
  const stop = new AbortController();
  const sending = fleet.ledger.keepSending(5, stop.signal);

  await first.program.stop("SIGKILL");
  await delay(2_000);
  await first.program.start();

  await failWebhooks(20, "/new_mail");
  await stepDown();

  {
    await using _ = await freeze(second.program.pid);
    const frozen = delay(FROZEN_MS);
    const before = fleet.ledger.sentAtMs().length;
    dead.ledger.send(5 * QUOTA);
    await eventually("ingest to be paused", async () => (await isPaused(dead)) || undefined);
    await frozen;
    const toCome = fleet.ledger.sentAtMs().length;
    await eventually("mail to be delivered while it is frozen", () => {
      const { listIds } = fleet.receipts;
      return listIds(before).length > 0 && listIds(toCome).length > 0 ? true : undefined;
    });
    expect(await countQueued(dead)).toBeLessThanOrEqual(MAX_QUEUED);
  }

  stop.abort();
  await sending;
  await failWebhooks(0, "/dead");
  const { sent, doubled } = await fleet.ledger.settle();
  await dead.ledger.settle();
  console.log(`one of three servers killed, one frozen: 0 of ${sent} lost, ${doubled} came again`);
  await untilTrimmedAgain();
  expect(await fleet.logged("fleet.broken")).toEqual([]);
});

/** Starts the permanent removal of a user, as the API does. */
async function purge(partnerId: string, login: string): Promise<Purge & { userId: string }> {
  const { rows } = await fleet.db.execute<{ id: string; connection_id: string }>(
    sql`select id, connection_id from users where tag = ${login}`,
  );
  const { id: userId, connection_id: connectionId } = rows[0] ?? { id: "", connection_id: "" };
  const began = await fleet.db.transaction((tx) =>
    startUserRemoval(tx, { partnerId, connectionId, userId }),
  );
  return { ...began, userId };
}

/**
 * Waits until the purge has deleted the rest of the user's data. The purge first waits for a
 * settling time, because work in flight may still write data. Simulates that this time has passed.
 */
async function finish(purgeId: string): Promise<void> {
  await fleet.db.update(purges).set({ settleAt: new Date() }).where(eq(purges.id, purgeId));
  await eventually("the purge to finish", async () =>
    (await findPurge(fleet.db, purgeId))?.finishedAt ? true : undefined,
  );
}

/** Counts the user's messages in all streams. */
async function countUserMessages(partnerId: string, userId: string): Promise<number> {
  const connection = await connectOperator();
  const jsm = await jetstreamManager(connection);
  let messages = 0;
  for (const [stream, subjects_filter] of userSubjects(partnerId, userId)) {
    const { state } = await jsm.streams.info(stream, { subjects_filter });
    messages += Object.values(state.subjects ?? {}).reduce((sum, count) => sum + count, 0);
  }
  await connection.close();
  return messages;
}

test("one of three servers is cut off from the others while its clients stay connected, and a user is purged meanwhile: nothing of others is lost", async () => {
  await startTwo({ RETRY_SCHEDULE: "2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2,2" });
  const leaving = await fleet.addPartner("leaving", 2);
  await failWebhooks(1_000_000, "/leaving");
  await joinBoth();
  const [gone = "", stays = ""] = leaving.logins;
  const stop = new AbortController();
  const sending = fleet.ledger.keepSending(5, stop.signal);
  leaving.ledger.send(20);
  await eventually("the retries to wait", async () =>
    (await countQueued(leaving)) === 20 ? true : undefined,
  );

  let purged: Awaited<ReturnType<typeof purge>>;
  {
    // Only the routes to the other servers are cut. The clients of this server stay connected.
    await using _ = nats.network.partition(1);
    const cutOff = delay(CUT_OFF_MS);
    await delay(1_000);
    purged = await purge(leaving.id, gone);
    await cutOff;
  }

  await eventually("the user to be cleared away", async () =>
    (await findPurge(fleet.db, purged.id))?.settleAt ? true : undefined,
  );
  stop.abort();
  await sending;
  await failWebhooks(0, "/leaving");
  const ofTheOther = Array.from({ length: 20 }, (_, n) => n).filter((n) => n % 2 === 1);
  await eventually(`the mails of ${stays}`, () =>
    ofTheOther.every((n) => leaving.receipts.listIds(n).length > 0) ? true : undefined,
  );
  const { sent, doubled } = await fleet.ledger.settle();
  console.log(`one of three servers cut off: 0 of ${sent} lost, ${doubled} came again`);
  await finish(purged.id);
  expect(await countUserMessages(leaving.id, purged.userId)).toBe(0);
  await untilTrimmedAgain();
  expect(await fleet.logged("fleet.broken")).toEqual([]);
});
