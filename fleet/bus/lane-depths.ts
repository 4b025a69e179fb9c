import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import type { Bus } from "./bus.ts";
import { EVENTS, laneConsumer, laneFilter } from "./subjects.ts";

/** How many events wait in one lane. */
export interface LaneDepth {
  partnerId: string;
  /** Events that NATS has not given to an instance yet. */
  pending: number;
  /** Events in flight, or waiting for a retry. */
  unacknowledged: number;
  /** Everything up to this sequence is acknowledged. */
  ackFloor: number;
}

/**
 * How many lanes one round checks for their oldest event. CONCURRENCY lookups run at the same time.
 */
const MAX_LOOKED_FOR = 200;
const CONCURRENCY = 20;

/** Returns how many events wait in each lane of the fleet. */
export async function measureLanes(bus: Bus): Promise<LaneDepth[]> {
  const prefix = laneConsumer("");
  const lanes: LaneDepth[] = [];
  for await (const info of bus.jsm.consumers.list(EVENTS)) {
    if (!info.name.startsWith(prefix)) continue;
    lanes.push({
      partnerId: info.name.slice(prefix.length),
      pending: info.num_pending,
      unacknowledged: info.num_ack_pending,
      ackFloor: info.ack_floor.stream_seq,
    });
  }
  return lanes;
}

/**
 * Returns when the oldest unacknowledged event was stored, in milliseconds since the epoch. Returns
 * null when no event waits. Checks only the 200 lanes that lag the most.
 */
export async function oldestUndelivered(
  bus: Bus,
  lanes: readonly LaneDepth[],
): Promise<number | null> {
  const lagging = lanes
    .filter(({ pending, unacknowledged }) => pending + unacknowledged > 0)
    .toSorted((a, b) => a.ackFloor - b.ackFloor)
    .slice(0, MAX_LOOKED_FOR);
  let oldestMs: number | null = null;
  for (let i = 0; i < lagging.length; i += CONCURRENCY) {
    const slice = lagging.slice(i, i + CONCURRENCY);
    for (const ms of await Promise.all(slice.map((lane) => storedAtMs(bus, lane)))) {
      if (ms !== null) oldestMs = Math.min(oldestMs ?? ms, ms);
    }
  }
  return oldestMs;
}

/**
 * Returns the time at which the first event after the lane's `ackFloor` was stored. Null if that
 * event was acknowledged and deleted meanwhile.
 */
async function storedAtMs(bus: Bus, { partnerId, ackFloor }: LaneDepth): Promise<number | null> {
  try {
    const query = { seq: ackFloor + 1, next_by_subj: laneFilter(partnerId) };
    const stored = await bus.jsm.direct.getMessage(EVENTS, query);
    return stored?.time.getTime() ?? null;
  } catch (error) {
    const isGone =
      error instanceof JetStreamApiError && error.code === JetStreamApiCodes.NoMessageFound;
    if (isGone) return null;
    throw error;
  }
}
