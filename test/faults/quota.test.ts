import { sql } from "drizzle-orm";
import { afterEach, expect, test } from "vitest";
import { eventually } from "../harness/eventually.ts";
import type { ClusterPartner } from "./cluster-partner.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const USERS = 6;
const QUOTA = 60;
/**
 * The maximum number of events that an instance publishes beyond the quota. This is one batch: with
 * NUM_WORKER_THREADS=1, the instance reads one mailbox at a time.
 */
const BATCH = 50;
const INSTANCES = ["a", "b"] as const;

let cluster: Cluster;
afterEach(() => cluster?.[Symbol.asyncDispose]());

/** Starts a cluster with two instances. Returns a second partner, whose endpoint fails. */
async function startWithDeadEndpoint(env: Record<string, string>): Promise<ClusterPartner> {
  cluster = await startCluster(USERS, {
    NUM_WORKER_THREADS: "1",
    LANE_QUOTA_INTERVAL: "0.2",
    // Short intervals, so that the fleet soon notices when the endpoint works again.
    BREAKER_OPEN: "0.5",
    BREAKER_MAX_OPEN: "1",
    RETRY_SCHEDULE: "1,2,4,8,8,8,8,8,8,8,8,8",
    ...env,
  });
  const dead = await cluster.addPartner("dead", USERS);
  await failWebhooks(1_000_000);
  for (const name of INSTANCES) await cluster.join(name);
  await cluster.untilShared(INSTANCES);
  return dead;
}

/** Makes the second partner's endpoint answer the next `times` webhooks with 500. */
async function failWebhooks(times: number): Promise<void> {
  const body = JSON.stringify({ path: "/dead", times, ...(times > 0 && { status: 500 }) });
  const { ok } = await fetch(`${cluster.sink.url}/behave`, { method: "POST", body });
  expect(ok).toBe(true);
}

/** Counts the partner's recorded mails by state. */
async function countStates({ id }: ClusterPartner): Promise<Record<string, number>> {
  const { rows } = await cluster.db.execute<{ state: string; mails: number }>(
    sql`select state, count(*)::int as mails from mail_logs where partner_id = ${id} group by state`,
  );
  return Object.fromEntries(rows.map(({ state, mails }) => [state, mails]));
}

const untilDelivered = (partner: ClusterPartner, count: number) =>
  eventually(
    `${count} mails to be delivered`,
    async () => ((await countStates(partner))["delivered"] === count ? true : undefined),
    150_000,
  );

async function isPaused({ id }: ClusterPartner): Promise<boolean> {
  const { rows } = await cluster.db.execute(
    sql`select from lanes where partner_id = ${id} and ingest_paused_at is not null`,
  );
  return rows.length > 0;
}

test("a dead partner at its quota: its mail waits in the mailboxes, others continue, nothing is lost", async () => {
  const dead = await startWithDeadEndpoint({ LANE_QUOTA_EVENTS: String(QUOTA) });
  cluster.watchfulness.reset();
  dead.ledger.send(600);
  await eventually("its ingest to be paused", async () => (await isPaused(dead)) || undefined);
  dead.ledger.send(60);
  cluster.ledger.send(120);
  await cluster.ledger.settle();

  const { queued = 0, ...others } = await countStates(dead);
  console.log(`dead partner: ${queued} of 660 mails in NATS, the others in their mailboxes`);
  expect(queued).toBeGreaterThanOrEqual(QUOTA);
  expect(queued).toBeLessThanOrEqual(INSTANCES.length * (QUOTA + BATCH));
  expect(others).toEqual({});
  expect(dead.logins.map(cluster.watchfulness.logins)).toEqual(dead.logins.map(() => 0));
  expect(dead.logins.filter((login) => cluster.imap.connectionCount(login) === 1)).toHaveLength(6);
  const { rows } = await cluster.db.execute(sql`select distinct state from users`);
  expect(rows).toEqual([{ state: "watching" }]);

  await failWebhooks(0);
  await untilDelivered(dead, 660);
  await eventually("its ingest to go on", async () => !(await isPaused(dead)) || undefined);
  const { sent } = await dead.ledger.settle();
  expect(sent).toBe(660);
  expect(dead.logins.map(cluster.watchfulness.logins)).toEqual(dead.logins.map(() => 0));
}, 240_000);

test("full streams drop nothing, and ingest continues when there is room", async () => {
  const dead = await startWithDeadEndpoint({
    LANE_QUOTA_EVENTS: "1000000",
    EVENTS_MAX_BYTES: "1048576",
    BODIES_MAX_BYTES: "1048576",
    TRIM_AGE: "0",
    TRIM_INTERVAL: "0.2",
  });
  dead.ledger.send(1_500);
  const isFull = async () => {
    const { queued = 0 } = await countStates(dead);
    const lines = await cluster.logged("bus.not_acknowledged");
    return queued > 0 && lines.some((line) => line.includes("maximum bytes")) ? queued : undefined;
  };
  const queued = await eventually("a stream to be full", isFull);
  console.log(`${queued} of 1500 mails in streams of 1 MiB`);
  expect(queued).toBeLessThan(1_500);
  await failWebhooks(0);
  await untilDelivered(dead, 1_500);
}, 240_000);
