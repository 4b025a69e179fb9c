import type { Db } from "../../db/client.ts";
import { ensureDayPartitions } from "../../db/partitions.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat } from "../../shared/repeat.ts";

const HOUR_MS = 3_600_000;
const DAYS_AHEAD = 7;

/** Makes the day partitions of the logs a week ahead. Never rejects. */
export function runPartitions(
  deps: { db: Db; clock: Clock; log: Log },
  signal: AbortSignal,
): Promise<void> {
  const work = () => ensureDayPartitions(deps.db, DAYS_AHEAD);
  return repeat(deps, { name: "partitions", everyMs: HOUR_MS, work }).run(signal);
}
