import type { Db } from "../../../db/client.ts";
import { type LaneReport, reportLanes } from "../../../db/deliveries/lanes.ts";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
import { repeat, type Repetition } from "../../../shared/concurrency/repeat.ts";
import type { Bus } from "../../bus/bus.ts";
import { type LaneDepth, measureLanes } from "../../bus/lane-depths.ts";
import type { LaneStanding } from "./gate.ts";
import type { LetterQuota } from "../../quota/letter-quota.ts";
import type { Lane } from "./lane.ts";
import { oldestEvent } from "./oldest-event.ts";

export interface LaneReportsDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  letterQuota: Pick<LetterQuota, "fullSinceMs">;
  /**
   * Called every few seconds with the state of each of this instance's lanes, and with the number
   * of lanes whose dead letters have no space in DEAD.
   */
  onLaneStates?(standings: readonly LaneStanding[], withoutLetterQuota: number): void;
}

/** How often unchanged reports are written again, to show that they are still true. */
const REWRITE_MS = 30_000;
const CONCURRENCY = 20;

/**
 * Writes to the table `lanes` what each lane of this instance does, and how many events wait in it.
 */
export function createLaneReports(
  deps: LaneReportsDeps,
  { instanceId, everyMs }: { instanceId: string; everyMs: number },
  lanes: () => ReadonlyMap<string, Lane>,
): Repetition {
  const { bus, db, clock } = deps;
  const written = new Map<string, { text: string; atMs: number }>();

  const isNews = (report: LaneReport) => {
    const last = written.get(report.partnerId);
    return last?.text !== JSON.stringify(report) || clock.monotonic() - last.atMs > REWRITE_MS;
  };

  async function work(): Promise<void> {
    const ours = lanes();
    const standings = [...ours.values()].map((lane) => lane.standing());
    const withoutLetterQuota = [...ours.keys()].filter(
      (id) => deps.letterQuota.fullSinceMs(id) !== null,
    );
    deps.onLaneStates?.(standings, withoutLetterQuota.length);
    for (const partnerId of written.keys()) if (!ours.has(partnerId)) written.delete(partnerId);
    if (ours.size === 0) return;
    const depths = new Map((await measureLanes(bus)).map((depth) => [depth.partnerId, depth]));
    const reports: LaneReport[] = [];
    const waiting = ours.entries();
    const describe = async () => {
      for (const [partnerId, lane] of waiting) {
        reports.push(await reportLane(deps, { partnerId, lane, depth: depths.get(partnerId) }));
      }
    };
    await Promise.all(Array.from({ length: CONCURRENCY }, describe));
    const news = reports.filter(isNews);
    await reportLanes(db, instanceId, news);
    for (const report of news) {
      const text = JSON.stringify(report);
      written.set(report.partnerId, { text, atMs: clock.monotonic() });
    }
  }

  return repeat(deps, { name: "lane_reports", everyMs, work });
}

async function reportLane(
  { bus, clock, letterQuota }: Pick<LaneReportsDeps, "bus" | "clock" | "letterQuota">,
  { partnerId, lane, depth }: { partnerId: string; lane: Lane; depth: LaneDepth | undefined },
): Promise<LaneReport> {
  const standing = lane.standing();
  const { pending = 0, unacknowledged = 0 } = depth ?? {};
  const oldest = pending + unacknowledged > 0 ? await oldestEvent(bus, partnerId) : undefined;
  const inFlight = lane.inFlight();
  const fullSinceMs = letterQuota.fullSinceMs(partnerId);
  return {
    partnerId,
    ...inWords(standing, clock),
    inFlight,
    pending,
    retrying: Math.max(unacknowledged - inFlight, 0),
    oldestAt: oldest?.time ?? null,
    lettersFullAt: fullSinceMs === null ? null : new Date(fullSinceMs),
    ...lane.figures(),
  };
}

function inWords(
  standing: LaneStanding,
  clock: Clock,
): Pick<LaneReport, "state" | "reason" | "openUntil"> {
  const { state } = standing;
  switch (state) {
    case "running":
      return { state, reason: null, openUntil: null };
    case "paused":
      return { state, reason: standing.reason, openUntil: null };
    case "probing":
      return { state, reason: standing.error, openUntil: null };
    case "open": {
      const untilMs = clock.now() + standing.untilMs - clock.monotonic();
      // Rounded to the second, because the difference of the two clocks varies slightly. A report
      // that has not changed must contain the same time.
      return { state, reason: standing.error, openUntil: new Date(roundTo(untilMs, 1_000)) };
    }
  }
}

const roundTo = (ms: number, unitMs: number) => Math.round(ms / unitMs) * unitMs;
