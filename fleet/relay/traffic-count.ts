import { countTraffic } from "../../db/admin/traffic-minutes.ts";
import type { Db } from "../../db/client.ts";
import { countTrafficPoints } from "../../db/traffic/count-points.ts";
import type { Clock } from "../../shared/clock.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";
import type { Log } from "../../shared/log.ts";
import type { Roster } from "../roster/roster.ts";

const EVERY_MS = 20_000;
const POINTS_EVERY_MS = 60_000;

interface TrafficCountDeps {
  db: Db;
  clock: Clock;
  log: Log;
  roster: Pick<Roster, "live">;
}

/**
 * Counts the traffic for the overview and for the charts, on the first instance of the roster.
 * Never rejects.
 */
export async function runTrafficCount(
  deps: TrafficCountDeps,
  { INSTANCE_ID }: { INSTANCE_ID: string },
  signal: AbortSignal,
): Promise<void> {
  // For a short time, two instances may both see themselves as the first. They then write the same
  // counts to the same rows.
  const isFirst = () => deps.roster.live()[0]?.instanceId === INSTANCE_ID;
  const minutes = async () => void (isFirst() && (await countTraffic(deps.db)));
  const points = async () =>
    void (isFirst() && (await countTrafficPoints(deps.db, deps.clock.now())));
  await Promise.all([
    repeat(deps, { name: "traffic_count", everyMs: EVERY_MS, work: minutes }).run(signal),
    repeat(deps, { name: "traffic_points", everyMs: POINTS_EVERY_MS, work: points }).run(signal),
  ]);
}
