import { type AgedTableName, deleteAgedRows } from "../../db/removal/aged-rows.ts";
import { removeArchivedUsers } from "../../db/removal/archived-users.ts";
import type { Db } from "../../db/client.ts";
import { forgetSeen, type MemoryPosition } from "../../db/mail/old-memory.ts";
import { type DayPartition, dropDayPartition } from "../../db/removal/partitions.ts";
import type { Clock } from "../../shared/clock.ts";
import type { RetentionPlan } from "./plan.ts";

export interface RoundDeps {
  db: Db;
  clock: Clock;
  /** Called between two statements: extends the round's lease. */
  goOn: () => Promise<void>;
}

export interface RoundTally {
  partitions: number;
  /** How many partitions could not be dropped, because other queries had locked them. */
  postponed: number;
  /** How many rows were deleted, by table. */
  rows: Partial<Record<AgedTableName | "seen", number>>;
  users: number;
  /** Whether expired data is left. If so, the next round is due soon. */
  isUnfinished: boolean;
}

/**
 * How many rows one statement deletes. The statement holds its locks for some tens of milliseconds.
 */
const BATCH = 1_000;
/**
 * The pause after a statement. It is about as long as a statement takes, and other queries can use
 * the database during the pause.
 */
const PAUSE_MS = 50;
/**
 * One round deletes at most this many rows of one table. This is enough for 100 mails per second,
 * which are 360,000 rows per hour.
 */
const ROWS = 500_000;
/** One round removes at most this many archived users, since each of them must then be purged. */
const USERS = 200;

/** Carries out a plan until `signal` aborts. The next round does the rest. */
export async function runRound(
  deps: RoundDeps,
  plan: RetentionPlan,
  signal: AbortSignal,
): Promise<RoundTally> {
  const tally: RoundTally = {
    partitions: 0,
    postponed: 0,
    rows: {},
    users: 0,
    isUnfinished: false,
  };
  await dropPartitions(deps, plan.partitions, { tally, signal });
  for (const { table, days } of plan.rows) {
    const deleted = await untilDone(deps, signal, async () => {
      const count = await deleteAgedRows(deps.db, table, { days, limit: BATCH });
      return { count, isDone: count < BATCH };
    });
    note(tally, table, deleted);
  }
  note(tally, "seen", await forgetOldMail(deps, plan.seenDays, signal));
  if (plan.archivedUserDays !== null && !signal.aborted) {
    const limits = { days: plan.archivedUserDays, limit: USERS };
    tally.users = await removeArchivedUsers(deps.db, limits);
    tally.isUnfinished ||= tally.users === USERS;
  }
  tally.isUnfinished ||= signal.aborted || tally.postponed > 0;
  return tally;
}

function note(tally: RoundTally, table: keyof RoundTally["rows"], deleted: number): void {
  if (deleted === 0) return;
  tally.rows[table] = deleted;
  tally.isUnfinished ||= deleted >= ROWS;
}

async function dropPartitions(
  { db, clock, goOn }: RoundDeps,
  partitions: readonly DayPartition[],
  { tally, signal }: { tally: RoundTally; signal: AbortSignal },
): Promise<void> {
  for (const partition of partitions) {
    if (signal.aborted) return;
    if (await dropDayPartition(db, partition)) tally.partitions++;
    else tally.postponed++;
    await goOn();
    await clock.sleep(PAUSE_MS, signal);
  }
}

/**
 * Deletes old rows of the table `seen`. If a mail may be read again, its row is kept and checked
 * again in each round.
 */
function forgetOldMail(deps: RoundDeps, days: number, signal: AbortSignal): Promise<number> {
  let after: MemoryPosition | null = null;
  return untilDone(deps, signal, async () => {
    const page = await forgetSeen(deps.db, { days, limit: BATCH, after });
    after = page.next;
    return { count: page.deleted, isDone: page.next === null };
  });
}

/**
 * Repeats a statement until it finds no more rows, it has deleted `ROWS` rows, or `signal` aborts.
 * @returns how many rows were deleted.
 */
async function untilDone(
  { clock, goOn }: RoundDeps,
  signal: AbortSignal,
  batch: () => Promise<{ count: number; isDone: boolean }>,
): Promise<number> {
  let deleted = 0;
  while (!signal.aborted && deleted < ROWS) {
    const { count, isDone } = await batch();
    deleted += count;
    if (isDone) break;
    await goOn();
    await clock.sleep(PAUSE_MS, signal);
  }
  return deleted;
}
