import type { Db } from "../../db/client.ts";
import { markIngest, readPausedIngest, sumQueuedBytes } from "../../db/deliveries/lane-quota.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";
import type { Bus } from "../bus/bus.ts";
import { measureLanes } from "../bus/lane-depths.ts";
import { judgeIngest, type Quota, type Waiting } from "./judge-ingest.ts";
import type { LaneRoom } from "./lane-room.ts";
import { newTally } from "./tally.ts";
import { createTurns } from "./turns.ts";

export interface LaneQuotaDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  /** Called after each measurement with the number of partners whose ingest is paused. */
  onJudged(paused: number): void;
}

export interface LaneQuotaSettings extends Quota {
  intervalMs: number;
}

export interface LaneQuota extends LaneRoom {
  /** Measures the lanes until `signal` aborts; never rejects. */
  run(signal: AbortSignal): Promise<void>;
}

/**
 * How many users of one partner resume after each measurement. This limits how many ask their
 * server and read mail at the same time.
 */
const ADMITTED_AT_ONCE = 100;

/**
 * Keeps each partner's backlog below its quota, so that a dead endpoint never fills the streams for
 * others. NATS counts the events, Postgres the bytes. When NATS or Postgres does not answer, its
 * last count is used, plus what this process published since. May run on several instances, which
 * reach the same result.
 */
export function createLaneQuota(deps: LaneQuotaDeps, settings: LaneQuotaSettings): LaneQuota {
  const { bus, db, log } = deps;
  const events = newTally();
  const bytes = newTally();
  const turns = createTurns();
  const paused = new Set<string>();
  let resumed: string[] = [];
  let knowsPaused = false;

  function judge(): void {
    for (const partnerId of new Set([...events.partnerIds(), ...bytes.partnerIds(), ...paused])) {
      const waiting: Waiting = {
        events: events.measured(partnerId),
        bytes: bytes.measured(partnerId),
      };
      const was = paused.has(partnerId) ? "paused" : "open";
      const ingest = judgeIngest(was, waiting, settings);
      if (ingest.kind === was) continue;
      const fields = { partner_id: partnerId, ...waiting };
      if (ingest.kind === "paused") {
        paused.add(partnerId);
        log.warn("ingest.paused", { ...fields, by: ingest.by });
      } else {
        paused.delete(partnerId);
        resumed.push(partnerId);
        log.info("ingest.resumed", fields);
      }
    }
    deps.onJudged(paused.size);
    for (const partnerId of turns.partnerIds()) {
      if (has(partnerId)) turns.admit(partnerId, ADMITTED_AT_ONCE);
    }
  }

  async function measureEvents(): Promise<void> {
    const measured = events.begin();
    const lanes = await measureLanes(bus);
    measured(
      new Map(
        lanes.map(({ partnerId, pending, unacknowledged }) => [
          partnerId,
          pending + unacknowledged,
        ]),
      ),
    );
    judge();
  }

  async function measureBytes(): Promise<void> {
    // An instance may start while the backlog is between the limits for pausing and resuming. It
    // must then decide as the other instances do.
    if (!knowsPaused) for (const partnerId of await readPausedIngest(db)) paused.add(partnerId);
    knowsPaused = true;
    const measured = bytes.begin();
    measured(await sumQueuedBytes(db));
    judge();
    const told = resumed;
    await markIngest(db, { paused: [...paused], resumed: told });
    resumed = resumed.slice(told.length);
  }

  const everyMs = settings.intervalMs;
  const looks = [
    repeat(deps, { name: "lane_quota_events", everyMs, work: measureEvents }),
    repeat(deps, { name: "lane_quota_bytes", everyMs, work: measureBytes }),
  ];

  function has(partnerId: string): boolean {
    if (paused.has(partnerId)) return false;
    const isFull =
      events.estimate(partnerId) >= settings.events || bytes.estimate(partnerId) >= settings.bytes;
    return !isFull;
  }

  return {
    has,
    published(partnerId, added) {
      events.add(partnerId, added.events);
      bytes.add(partnerId, added.bytes);
    },
    wait(partnerId, signal) {
      // If only this process's estimate exceeds the quota, measure now. The estimate does not
      // include what was delivered since the last measurement.
      if (!paused.has(partnerId)) for (const look of looks) look.wake();
      return turns.wait(partnerId, signal);
    },
    async run(signal) {
      await Promise.all(looks.map((look) => look.run(signal)));
    },
  };
}
