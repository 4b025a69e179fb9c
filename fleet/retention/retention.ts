import type { Db } from "../../db/client.ts";
import {
  type DayPartition,
  ensureDayPartitions,
  listDayPartitions,
} from "../../db/removal/partitions.ts";
import { claimRound, dueIn } from "../../db/fleet/rounds.ts";
import { keepTimeline } from "../../db/timeline.ts";
import type { Clock } from "../../shared/clock.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import { countDaysAhead, planRetention, type RetentionDays } from "./plan.ts";
import { type RoundTally, runRound } from "./run-round.ts";

export interface RetentionDeps {
  db: Db;
  clock: Clock;
  log: Log;
}

export interface RetentionSettings {
  days: RetentionDays;
  /** Time between two rounds, whichever instance does them. */
  intervalMs: number;
}

const ROUND = "retention";
/**
 * How many days ahead partitions are created. Without a running fleet, rows can be written for this
 * many days.
 */
const DAYS_AHEAD = 7;
/** With fewer days ahead, an error is logged, so that a human can act in time. */
const ENOUGH_DAYS = 3;
/** How often an instance checks whether a round is due. */
const LOOK_MS = 60_000;
/** An instance without a sign of life for this long counts as dead. */
const LEASE_MS = 120_000;
/** How long until the next round if a round left expired data. */
const UNFINISHED_MS = 60_000;

/**
 * Creates the partitions of the coming days on every instance. Drops expired data on one instance
 * at a time: whole partitions, and rows in small batches. Never rejects.
 */
export function createRetention(deps: RetentionDeps, settings: RetentionSettings): Repetition {
  const { db, clock, log } = deps;
  const goOn = () => dueIn(db, ROUND, LEASE_MS);
  /**
   * Returns the pause until the next round. The pause varies by ten percent, so that rounds do not
   * always coincide with other hourly work.
   */
  const pauseMs = ({ isUnfinished }: RoundTally) => {
    const soonestMs = isUnfinished ? UNFINISHED_MS : settings.intervalMs;
    return Math.round(Math.min(soonestMs, settings.intervalMs) * (0.9 + 0.2 * clock.random()));
  };

  const judgeDaysAhead = (partitions: readonly DayPartition[], nowMs: number) => {
    const daysAhead = countDaysAhead(partitions, new Date(nowMs));
    if (daysAhead < ENOUGH_DAYS) log.error("partitions.missing", { days_ahead: daysAhead });
    else if (daysAhead < DAYS_AHEAD) log.warn("partitions.postponed", { days_ahead: daysAhead });
  };

  const work = async (signal: AbortSignal, goesOn: () => void) => {
    if (await keepTimeline(db)) log.warn("timeline.began", {});
    // A failure here does not prevent the deletion of expired data.
    await ensureDayPartitions(db, DAYS_AHEAD).catch((error: unknown) =>
      log.warn("partitions.failed", { error: toErrorText(error) }),
    );
    if (!(await claimRound(db, ROUND, LEASE_MS))) return;
    const startedMs = clock.now();
    try {
      const partitions = await listDayPartitions(db);
      judgeDaysAhead(partitions, startedMs);
      const plan = planRetention(partitions, settings.days, new Date(startedMs));
      const step = () => {
        goesOn();
        return goOn();
      };
      const tally = await runRound({ db, clock, goOn: step }, plan, signal);
      await dueIn(db, ROUND, pauseMs(tally));
      log.info("retention.finished", toLogFields(tally, clock.now() - startedMs));
    } catch (error) {
      // Ends the lease, so that the next try does not have to wait.
      await dueIn(db, ROUND, 0).catch(() => undefined);
      throw error;
    }
  };
  const everyMs = Math.min(settings.intervalMs, LOOK_MS);
  return repeat(deps, { name: ROUND, everyMs, work });
}

const toLogFields = ({ partitions, postponed, rows, users }: RoundTally, durationMs: number) => ({
  partitions_dropped: partitions,
  partitions_postponed: postponed,
  rows_deleted: Object.values(rows).reduce((sum, count) => sum + count, 0),
  ...Object.fromEntries(Object.entries(rows).map(([table, count]) => [`${table}_deleted`, count])),
  users_removed: users,
  duration_ms: durationMs,
});
