import type { AgedTableName } from "../../db/removal/aged-rows.ts";
import { type DayPartition, PARTITIONED } from "../../db/removal/partitions.ts";

/** How many days each kind of data is kept. */
export interface RetentionDays {
  mailLogs: number;
  transmitLogs: number;
  tracerLogs: number;
  auditLog: number;
  /** How long mails are remembered for de-duplication. */
  seen: number;
  /** How long archived users are kept. Null means without limit. */
  archivedUsers: number | null;
}

/** The work of one round. */
export interface RetentionPlan {
  /** The partitions to drop, the oldest first. */
  partitions: DayPartition[];
  rows: { table: AgedTableName; days: number }[];
  seenDays: number;
  archivedUserDays: number | null;
}

const DAY_MS = 86_400_000;
/**
 * How many partitions one round drops. With more, other queries would wait too often for the
 * round's locks.
 */
const PARTITIONS = 30;

/**
 * A stored answer is valid for a day. `claimKey()` also deletes old keys, but only when a request
 * with a key arrives. A round deletes the rest.
 */
const IDEMPOTENCY_KEY_DAYS = 2;
/**
 * How many days the id of a removed user is kept. NATS keeps the user's events, mails and attempts
 * for only three days.
 */
const REMOVED_USER_DAYS = 7;
const ENDED_SESSION_DAYS = 30;

/** Returns how many days after today have partitions in both logs, counted up to the first gap. */
export function countDaysAhead(partitions: readonly DayPartition[], now: Date): number {
  const listEnds = (table: DayPartition["table"]) =>
    new Set(partitions.filter((one) => one.table === table).map(({ end }) => end.getTime()));
  const endOfToday = (Math.floor(now.getTime() / DAY_MS) + 1) * DAY_MS;
  const days = PARTITIONED.map((table) => {
    const ends = listEnds(table);
    let count = 0;
    while (ends.has(endOfToday + (count + 1) * DAY_MS)) count++;
    return count;
  });
  return Math.min(...days);
}

/** Plans a round. A partition is dropped when its newest row is old enough. */
export function planRetention(
  partitions: readonly DayPartition[],
  days: RetentionDays,
  now: Date,
): RetentionPlan {
  const { mailLogs, transmitLogs, tracerLogs, auditLog } = days;
  const keptDays = { mail_logs: mailLogs, transmit_logs: transmitLogs };
  return {
    partitions: partitions
      .filter(({ table, end }) => end.getTime() <= now.getTime() - keptDays[table] * DAY_MS)
      .toSorted((a, b) => a.end.getTime() - b.end.getTime())
      .slice(0, PARTITIONS),
    rows: [
      { table: "tracer_logs", days: tracerLogs },
      { table: "audit_log", days: auditLog },
      { table: "user_state_changes", days: auditLog },
      // The next four tables belong to a partner's log, like mail_logs. All are kept equally long,
      // so that no row refers to a dropped one.
      { table: "user_events", days: mailLogs },
      { table: "dead_letters", days: mailLogs },
      { table: "sweeps", days: mailLogs },
      { table: "purges", days: mailLogs },
      { table: "idempotency_keys", days: IDEMPOTENCY_KEY_DAYS },
      { table: "removed_users", days: REMOVED_USER_DAYS },
      { table: "admin_sessions", days: ENDED_SESSION_DAYS },
    ],
    // A mail that is still logged must be remembered. Otherwise it could be logged again.
    seenDays: Math.max(days.seen, mailLogs),
    archivedUserDays: days.archivedUsers,
  };
}
