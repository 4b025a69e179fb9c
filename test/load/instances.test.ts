import { afterEach, beforeEach, expect, test } from "vitest";
import type { Program } from "../../dev/processes/program.ts";
import { eventually } from "../harness/eventually.ts";
import { type Cluster, startCluster } from "../faults/cluster.ts";

const USERS = 60;
const NAMES = ["a", "b", "c"] as const;
/**
 * The TTL of a heartbeat in the settings `SHORTENED`. An instance without a heartbeat in this time
 * counts as dead.
 */
const TTL_MS = 2_000;
/** The time that the other instances may take to log in all users of a dead instance. */
const TAKE_OVER_MS = 15_000;
const MAX_DOUBLED_SHARE = 0.02;

let cluster: Cluster;
let instances: Map<string, Program>;
beforeEach(async () => {
  cluster = await startCluster(USERS);
  instances = new Map();
  for (const name of NAMES) instances.set(name, await cluster.join(name));
  await cluster.untilShared(NAMES);
});
afterEach(() => cluster?.[Symbol.asyncDispose]());

const program = (name: string): Program => {
  const found = instances.get(name);
  if (!found) throw new Error(`No instance ${name}`);
  return found;
};

/** Sends mail while `happen` runs. */
async function underLoad(perSecond: number, happen: () => Promise<void>) {
  const stop = new AbortController();
  const sending = cluster.ledger.keepSending(perSecond, stop.signal);
  await happen();
  stop.abort();
  await sending;
}

test("a killed instance's users are watched again within TTL + 15 s, no mail is lost and few are repeated", async () => {
  const killed: number[] = [];
  await underLoad(30, async () => {
    for (const name of ["a", "b", "c", "a"]) {
      const before = cluster.imap.connectionCount();
      await program(name).stop("SIGKILL");
      const isNoticed = () => (cluster.imap.connectionCount() < before ? true : undefined);
      await eventually("the mail server to notice", isNoticed);
      killed.push(await cluster.watchfulness.untilAllWatched(cluster.logins));
      await program(name).start();
      await cluster.untilShared(NAMES);
    }
  });
  const { sent, doubled } = await cluster.ledger.settle();
  console.log(
    `${killed.length} kills: 0 of ${sent} lost, ${doubled} came again, watched again after ${killed.map(Math.round).join(", ")} ms`,
  );
  expect(Math.max(...killed)).toBeLessThan(TTL_MS + TAKE_OVER_MS);
  expect(doubled / sent).toBeLessThanOrEqual(MAX_DOUBLED_SHARE);
});

test("a rolling restart loses and repeats nothing, and costs at most two logins per user", async () => {
  cluster.watchfulness.reset();
  await underLoad(30, async () => {
    for (const name of NAMES) {
      await program(name).stop("SIGTERM");
      await cluster.watchfulness.untilAllWatched(cluster.logins);
      await program(name).start();
      await cluster.untilShared(NAMES);
    }
  });
  const { sent, doubled } = await cluster.ledger.settle();
  const logins = cluster.logins.map(cluster.watchfulness.logins);
  console.log(
    `roll: ${sent} sent, longest gap ${Math.round(cluster.watchfulness.longestGapMs())} ms, logins up to ${Math.max(...logins)}`,
  );
  expect(doubled).toBe(0);
  expect(Math.max(...logins)).toBeLessThanOrEqual(2);
  expect(cluster.watchfulness.longestGapMs()).toBeLessThan(5_000);
});

test("a frozen instance notices that others took over, reads no mail, and rejoins", async () => {
  await underLoad(30, async () => {
    const { pid } = program("b");
    process.kill(pid, "SIGSTOP");
    await eventually("the others to hold all", async () => {
      const { a = 0, c = 0 } = await cluster.held();
      return a + c === USERS ? true : undefined;
    });
    const before = cluster.receipts.count();
    const haveMail = () => (cluster.receipts.count() >= before + 2 * USERS ? true : undefined);
    await eventually("the others to deliver two mails a user", haveMail);
    process.kill(pid, "SIGCONT");
    await cluster.untilShared(NAMES);
  });
  const { sent, doubled } = await cluster.ledger.settle();
  console.log(`freeze: 0 of ${sent} lost, ${doubled} came again`);
});
