import type { Db } from "../../db/client.ts";
import {
  type DayPartition,
  ensureDayPartitions,
  listDayPartitions,
} from "../../db/removal/partitions.ts";
import { claimRound, dueIn } from "../../db/fleet/rounds.ts";
import { keepTimeline } from "../../db/timeline.ts";
import type { Clock } from "../../shared/clock.ts";
import { messageOf } from "../../shared/errors.ts";
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
  /** Of the rounds, one after another, whoever does them. */
  intervalMs: number;
}

const ROUND = "retention";
/** Days that a stopped fleet, or a database without one, still finds its partitions. */
const DAYS_AHEAD = 7;
/** With fewer a human must look, while there is time. */
const ENOUGH_DAYS = 3;
/** How often an instance looks whether a round is due. */
const LOOK_MS = 60_000;
/** An instance that says nothing for so long has died. */
const LEASE_MS = 120_000;
/** When a round goes on that left something. */
const UNFINISHED_MS = 60_000;

/**
 * Drops what is old, by one instance at a time, and makes the partitions of the days to come, by all
 * of them. Never a giant DELETE: partitions are dropped, rows go in small batches. Never rejects.
 */
export function createRetention(deps: RetentionDeps, settings: RetentionSettings): Repetition {
  const { db, clock, log } = deps;
  const goOn = () => dueIn(db, ROUND, LEASE_MS);
  /** With a tenth more or less, so that it does not fall on the same minute as other hourly work for ever. */
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
    // What is too old goes all the same.
    await ensureDayPartitions(db, DAYS_AHEAD).catch((error: unknown) =>
      log.warn("partitions.failed", { error: messageOf(error) }),
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
      log.info("retention.finished", fieldsOf(tally, clock.now() - startedMs));
    } catch (error) {
      // Another instance, or this one at its next try, need not wait for the end of the lease.
      await dueIn(db, ROUND, 0).catch(() => undefined);
      throw error;
    }
  };
  const everyMs = Math.min(settings.intervalMs, LOOK_MS);
  return repeat(deps, { name: ROUND, everyMs, work });
}

const fieldsOf = ({ partitions, postponed, rows, users }: RoundTally, durationMs: number) => ({
  partitions_dropped: partitions,
  partitions_postponed: postponed,
  rows_deleted: Object.values(rows).reduce((sum, count) => sum + count, 0),
  ...Object.fromEntries(Object.entries(rows).map(([table, count]) => [`${table}_deleted`, count])),
  users_removed: users,
  duration_ms: durationMs,
});
