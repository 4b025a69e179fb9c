import { sql } from "drizzle-orm";
import * as v from "valibot";
import { afterEach, expect, test } from "vitest";
import { setTimeout as delay } from "node:timers/promises";
import { eventually } from "../harness/eventually.ts";
import { type Cluster, startCluster } from "./cluster.ts";

const USERS = 40;
const servedLine = v.pipe(v.string(), v.parseJson(), v.object({ url: v.string() }));

let cluster: Cluster;
afterEach(() => cluster?.[Symbol.asyncDispose]());

async function startTwo(env: Record<string, string> = {}) {
  cluster = await startCluster(USERS, env);
  const programs = await Promise.all([cluster.join("a"), cluster.join("b")]);
  await cluster.untilShared(["a", "b"]);
  return programs;
}

/** Makes the endpoint answer the next `times` webhooks with 500. */
async function failWebhooks(times: number) {
  const body = JSON.stringify({ status: 500, times });
  await fetch(`${cluster.sink.url}/behave`, { method: "POST", body });
}

test("NATS killed five times under load loses no acknowledged event", async () => {
  await startTwo();
  const stop = new AbortController();
  const sending = cluster.ledger.keepSending(30, stop.signal);
  const logins = cluster.watchfulness.logins("user0");
  for (let kill = 0; kill < 5; kill++) {
    await delay(700);
    await cluster.programs.nats.restart("SIGKILL");
  }
  stop.abort();
  await sending;
  const { sent, doubled } = await cluster.ledger.settle();
  console.log(`NATS killed 5 times: 0 of ${sent} lost, ${doubled} came again`);
  expect(cluster.watchfulness.logins("user0")).toBe(logins);
});

// Takes 15 s: between two attempts, there must be enough time to kill and restart NATS.
test("retries keep to their schedule within a second over a kill of NATS", async () => {
  const scheduleS = [5, 8];
  await startTwo({ RETRY_SCHEDULE: scheduleS.join(",") });
  // The first two attempts for each of the three mails fail: they all end long before any third
  // attempt. Six failures do not open the partner's circuit breaker.
  await failWebhooks(6);
  cluster.ledger.send(3);
  const areWritten = async () => {
    const { rows } = await cluster.db.execute<{ n: number }>(
      sql`select count(*)::int as n from transmit_logs where outcome = 'retry'`,
    );
    return rows[0]?.n === 3 ? true : undefined;
  };
  await eventually("the first attempts to be written", areWritten);
  // After each change, NATS takes a moment to write a consumer's state to disk, without any sign.
  // If NATS is killed before that, it redelivers the events after ACK_WAIT, not at the scheduled
  // time.
  await delay(1_000);
  await cluster.programs.nats.restart("SIGKILL");
  await cluster.ledger.settle();
  const isThird = () => (cluster.receipts.totals().webhooks >= 9 ? true : undefined);
  await eventually("the third attempts", isThird);
  const attempts = Map.groupBy(cluster.sink.received(0), ({ headers }) => headers["webhook-id"]);
  for (const times of attempts.values()) {
    expect(times).toHaveLength(3);
    const atS = times.map(({ received_at }) => Date.parse(received_at) / 1_000);
    for (const [retry, scheduled] of scheduleS.entries()) {
      const waitedS = (atS[retry + 1] ?? NaN) - (atS[retry] ?? NaN);
      expect(waitedS).toBeGreaterThan(0.8 * scheduled - 1);
      expect(waitedS).toBeLessThan(1.2 * scheduled + 1);
    }
  }
});

test("a frozen NATS is noticed, and messages published meanwhile are stored once", async () => {
  // If ACK_WAIT were shorter, NATS would redeliver the events that were in flight when it froze.
  await startTwo({ ACK_WAIT: "60" });
  cluster.watchfulness.reset();
  const { pid } = cluster.programs.nats;
  const served = (await cluster.logged("operations.served")).map((line) =>
    v.parse(servedLine, line),
  );
  const areReady = async (wanted: string) => {
    const answers = served.map(async ({ url }) => (await fetch(`${url}/readyz`)).text());
    return (await Promise.all(answers)).every((answer) => answer.includes(wanted)) || undefined;
  };
  process.kill(pid, "SIGSTOP");
  cluster.ledger.send(100);
  await eventually("both to say so", () => areReady("not ready: nats"));
  // A client pings NATS every 5 s. After two pings without an answer, it disconnects.
  const areCutOff = async () =>
    (await cluster.logged("bus.disconnected")).length >= 2 ? true : undefined;
  const startMs = performance.now();
  await eventually("both to notice", areCutOff);
  const noticedS = Math.round((performance.now() - startMs) / 1_000);
  process.kill(pid, "SIGCONT");
  await eventually("both to be ready again", () => areReady("ready\n"));
  const { sent, doubled } = await cluster.ledger.settle();
  console.log(`NATS frozen for ${noticedS} s: 0 of ${sent} lost, ${doubled} came again`);
  expect(doubled).toBe(0);
  // An instance detects an outage of Postgres by comparing heartbeats. It must not confuse the
  // outage of NATS with one of Postgres.
  expect(await cluster.logged("database.cut_off")).toEqual([]);
  expect(cluster.logins.map(cluster.watchfulness.logins)).toEqual(cluster.logins.map(() => 0));
});

test("Postgres down: events in NATS are delivered, new mail waits in its mailbox, and no user logs in again", async () => {
  await startTwo();
  cluster.ledger.send(50);
  await cluster.ledger.settle();
  cluster.watchfulness.reset();
  await cluster.programs.postgres.stop();
  cluster.ledger.send(100);
  const areHeldUp = async () =>
    (await cluster.logged("mailbox.sync_failed")).length >= USERS ? true : undefined;
  await eventually("the mail of each user to wait", areHeldUp);
  await cluster.programs.postgres.start();
  const { sent } = await cluster.ledger.settle();
  console.log(`Postgres away: 0 of ${sent} lost`);
  expect(cluster.logins.map(cluster.watchfulness.logins)).toEqual(cluster.logins.map(() => 0));
});

test("an instance whose clock is five minutes off changes nothing in the roster", async () => {
  cluster = await startCluster(USERS);
  const skew = new URL("./five-minutes-ahead.ts", import.meta.url).pathname;
  await cluster.join("right");
  await cluster.join("wrong", { BUN_OPTIONS: `--preload=${skew}` });
  await cluster.untilShared(["right", "wrong"]);
  cluster.ledger.send(80);
  await cluster.ledger.settle();
  await cluster.untilShared(["right", "wrong"]);
});

test("a fleet that restarts logs in within the login rate, and all users are watched soon after", async () => {
  const rate = 20;
  const programs = await startTwo({ LOGIN_RATE: String(rate) });
  await Promise.all(programs.map((program) => program.stop("SIGKILL")));
  cluster.watchfulness.reset();
  await Promise.all(programs.map((program) => program.start()));
  const tookMs = await cluster.watchfulness.untilAllWatched(cluster.logins);
  console.log(
    `all of ${USERS} watched after ${Math.round(tookMs)} ms, ${cluster.watchfulness.busiestSecond()} logins in the busiest second`,
  );
  // On a busy machine, logins that the limiter let through at different times may arrive together.
  expect(cluster.watchfulness.busiestSecond()).toBeLessThanOrEqual(1.5 * rate);
  expect(tookMs).toBeLessThan((USERS / rate) * 1_000 + 60_000);
});

test("a restart within its grace costs each user one login, and other instances take nothing over", async () => {
  const [a] = await startTwo({ RESTART_GRACE: "20" });
  cluster.watchfulness.reset();
  const before = await cluster.held();
  await a?.restart("SIGTERM");
  await cluster.watchfulness.untilAllWatched(cluster.logins);
  cluster.ledger.send(80);
  const { doubled } = await cluster.ledger.settle();
  const logins = cluster.logins.map(cluster.watchfulness.logins);
  expect(Math.max(...logins)).toBe(1);
  expect(logins.filter((count) => count === 1)).toHaveLength(before["a"] ?? 0);
  expect(doubled).toBe(0);
});

test("events that NATS lost with its store are published again from the mailboxes", async () => {
  await startTwo({ SWEEPER_INTERVAL: "1", SWEEPER_AGE: "2" });
  await failWebhooks(1_000_000);
  cluster.ledger.send(100);
  const areRecorded = async () => {
    const { rows } = await cluster.db.execute<{ n: number }>(
      sql`select count(*)::int as n from mail_logs`,
    );
    return rows[0]?.n === 100 ? true : undefined;
  };
  await eventually("all to be recorded", areRecorded);
  await cluster.wipeNats();
  await failWebhooks(0);
  const { sent, doubled } = await cluster.ledger.settle();
  console.log(`NATS wiped: 0 of ${sent} lost, ${doubled} came again`);
});

test("after a restore of Postgres to an older state mails that are sent again carry the same ids", async () => {
  const programs = await startTwo();
  cluster.ledger.send(80);
  await cluster.ledger.settle();
  const before = Array.from({ length: 80 }, (_, n) => cluster.receipts.listIds(n));
  await Promise.all(programs.map((program) => program.stop()));
  // Simulates a restore to a state before the mails arrived. The restore is so late that NATS no
  // longer knows the ids of the events.
  await cluster.db.execute(sql`update cursors set last_uid = 0`);
  await cluster.db.execute(sql`delete from seen`);
  await cluster.db.execute(sql`delete from mail_logs`);
  await cluster.wipeNats();
  await Promise.all(programs.map((program) => program.start()));
  const cameAgain = async () => ((await cluster.ledger.settle()).doubled === 80 ? true : undefined);
  await eventually("all of them to come again", cameAgain);
  expect(Array.from({ length: 80 }, (_, n) => cluster.receipts.listIds(n))).toEqual(before);
});
