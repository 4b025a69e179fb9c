import { loadavg } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { sql } from "drizzle-orm";
import { sendSteadily } from "../../faults/send-steadily.ts";
import { readRecords } from "../../stress/judging/read-records.ts";
import { freezeParty } from "./freeze-party.ts";
import type { FreezeReport } from "./freeze-report.ts";
import { type FrozenParty, GROUPS, TRAITS } from "./party.ts";
import { countErrors, measureGroup, type TimeSpan } from "./tally-groups.ts";
import { type FreezeWorld, startWorld } from "./world.ts";

export interface FreezeDeps {
  say(line: string): void;
  signal: AbortSignal;
}

export interface FreezeOptions {
  party: FrozenParty;
  frozenMs: number;
}

/** Mails per second to each group. */
const RATE = 2;
/** How long mails are sent before the freeze, in ms. */
const WARM_UP_MS = 10_000;
/**
 * The run waits for the recovery up to this many times the limit `recoveryMs`, so that it can also
 * report how late a recovery was.
 */
const PATIENCE = 3;
const POLL_MS = 200;
const SETTLE_MS = 60_000;

/** Sends mail, freezes a system, lets it continue, and reports the effects. */
export async function runFreeze(
  { party, frozenMs }: FreezeOptions,
  { say, signal }: FreezeDeps,
): Promise<FreezeReport> {
  const loadBefore = loadavg()[0] ?? NaN;
  await using world = await startWorld(party);
  const over = new AbortController();
  const running = run(world, { party, frozenMs }, say, AbortSignal.any([signal, over.signal]));
  try {
    const report = await Promise.race([running, world.died]);
    return { ...report, load: [loadBefore, loadavg()[0] ?? NaN] };
  } finally {
    over.abort();
    await Promise.allSettled([running]);
  }
}

async function run(
  world: FreezeWorld,
  { party, frozenMs }: FreezeOptions,
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<Omit<FreezeReport, "load">> {
  const stop = new AbortController();
  const partners = GROUPS.map((group) => world.groups[group]);
  const sendToEach = (count: number) => partners.forEach(({ ledger }) => ledger.send(count));
  const sending = sendSteadily(RATE, sendToEach, stop.signal);
  try {
    await delay(WARM_UP_MS, undefined, { signal });
    for (const { watchfulness } of partners) watchfulness.reset();
    const span: TimeSpan = { fromMs: performance.now(), toMs: NaN };
    {
      await using _ = await freezeParty(party, world);
      say(`${party}: frozen`);
      await delay(frozenMs, undefined, { signal });
      span.toMs = performance.now();
    }
    say(`${party}: goes on`);
    const patienceMs = TRAITS[party].recoveryMs * PATIENCE;
    const recovered = await untilRecovered(world, span, patienceMs, signal);
    stop.abort();
    await sending;
    await settle(world, signal);
    return {
      ...{ party, frozenMs },
      ...recovered,
      groups: GROUPS.map((group) => measureGroup(group, world.groups[group], span)),
      sent: partners.reduce((sum, { ledger }) => sum + ledger.sentAtMs().length, 0),
      ...(await judgeRecords(world, signal)),
      errors: countErrors(await world.cluster.lines()),
    };
  } finally {
    stop.abort();
    await sending;
  }
}

/**
 * Waits until all instances are ready, all users are watched, and all mail that was sent before the
 * end of the freeze is delivered.
 */
async function untilRecovered(
  world: FreezeWorld,
  { toMs }: TimeSpan,
  patienceMs: number,
  signal: AbortSignal,
): Promise<Pick<FreezeReport, "recoveryMs" | "missing">> {
  for (;;) {
    const missing = await missingAfter(world, toMs);
    const recoveryMs = Math.round(performance.now() - toMs);
    if (missing === undefined) return { recoveryMs, missing: null };
    if (recoveryMs > patienceMs) return { recoveryMs: null, missing };
    await delay(POLL_MS, undefined, { signal });
  }
}

async function missingAfter(world: FreezeWorld, toMs: number): Promise<string | undefined> {
  for (const group of GROUPS) {
    const { ledger, receipts, imap, logins } = world.groups[group];
    const waiting = ledger
      .sentAtMs()
      .filter((atMs, n) => atMs < toMs && receipts.firstAtMs(n) === undefined).length;
    if (waiting > 0) return `${waiting} mails of ${group} have not come`;
    const unwatched = logins.filter((login) => imap.connectionCount(login) === 0).length;
    if (unwatched > 0) return `${unwatched} users of ${group} are not watched`;
  }
  return world.missing();
}

/**
 * Waits until all mails are delivered, but not longer than SETTLE_MS. Mails that are not delivered
 * by then count as lost.
 */
async function settle({ groups }: FreezeWorld, signal: AbortSignal): Promise<void> {
  const deadlineMs = performance.now() + SETTLE_MS;
  const isComplete = () =>
    GROUPS.every((group) => {
      const { ledger, receipts } = groups[group];
      return receipts.count() === ledger.sentAtMs().length;
    });
  while (!isComplete() && performance.now() < deadlineMs)
    await delay(POLL_MS, undefined, { signal });
}

async function judgeRecords(
  { cluster, groups }: FreezeWorld,
  signal: AbortSignal,
): Promise<Pick<FreezeReport, "wrong" | "authFailed">> {
  const deadlineMs = performance.now() + SETTLE_MS;
  let records = await readRecords(cluster.db, []);
  while (records.queued > 0 && performance.now() < deadlineMs) {
    await delay(POLL_MS, undefined, { signal });
    records = await readRecords(cluster.db, []);
  }
  const { rows } = await cluster.db.execute<{ users: number }>(
    sql`select count(distinct user_id)::int as users from user_state_changes where state = 'auth_failed'`,
  );
  const totals = GROUPS.map((group) => groups[group].receipts.totals());
  const addUp = (name: "forged" | "idsWithTwoBodies" | "mailsWithTwoIds") =>
    totals.reduce((sum, each) => sum + each[name], 0);
  return {
    wrong: {
      "Mails without a recorded end": records.queued,
      "Mails that are parked": records.parked,
      "Wrong signatures": addUp("forged"),
      "Ids with two bodies": addUp("idsWithTwoBodies"),
      "Mails under two ids": addUp("mailsWithTwoIds"),
      "Broken fleets": (await cluster.logged("fleet.broken")).length,
    },
    authFailed: rows[0]?.users ?? 0,
  };
}
