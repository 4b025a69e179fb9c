import type { Db } from "../../db/client.ts";
import { countTraffic } from "../../db/admin/traffic-minutes.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";
import type { Roster } from "../roster/roster.ts";

const EVERY_MS = 20_000;

interface TrafficCountDeps {
  db: Db;
  clock: Clock;
  log: Log;
  roster: Pick<Roster, "live">;
}

/** Counts all traffic per minute, on the first instance of the roster. Never rejects. */
export function runTrafficCount(
  deps: TrafficCountDeps,
  { INSTANCE_ID }: { INSTANCE_ID: string },
  signal: AbortSignal,
): Promise<void> {
  const work = async () => {
    // For a short time, two instances may both see themselves as the first. They then write the
    // same counts to the same rows.
    if (deps.roster.live()[0]?.instanceId === INSTANCE_ID) await countTraffic(deps.db);
  };
  return repeat(deps, { name: "traffic_count", everyMs: EVERY_MS, work }).run(signal);
}
