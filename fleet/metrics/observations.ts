import { countUsersByState, measureFreshness, measureOutbox } from "../../db/fleet/measures.ts";
import type { Db } from "../../db/client.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";
import type { Bus } from "../bus/bus.ts";
import { ATTEMPTS, BODIES, DEAD, EVENTS } from "../bus/subjects.ts";
import { type LaneDepth, measureLanes, oldestUndelivered } from "../bus/lane-depths.ts";
import type { Metrics } from "./metrics.ts";

export interface ObservationDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  metrics: Metrics;
  /** Returns the ids of the users that this instance watches now. */
  heldUserIds(): string[];
  /** Whether a partner's lane belongs to this instance now. */
  ownsLane(partnerId: string): boolean;
}

/**
 * Reads values from NATS and Postgres every `intervalMs`, so a scrape never waits for them. Covers
 * only values that no log line reports. If a value cannot be read, it is removed, so no old value
 * stays. Resolves after `signal` has aborted; never rejects.
 */
export async function runObservations(
  deps: ObservationDeps,
  { intervalMs }: { intervalMs: number },
  signal: AbortSignal,
): Promise<void> {
  const observe = (name: string, ask: () => Promise<void>, forget: () => void) =>
    repeat(deps, {
      name,
      everyMs: intervalMs,
      async work() {
        try {
          await ask();
        } catch (error) {
          forget();
          throw error;
        }
      },
    }).run(signal);

  const { metrics } = deps;
  const ofNats = [metrics.streamMessages, metrics.streamBytes, metrics.streamMaxBytes];
  const ofLanes = [metrics.lanePending, metrics.laneUnacknowledged];
  await Promise.all([
    observe(
      "nats_observation",
      async () => {
        await observeStreams(deps);
        await observeLanes(deps);
      },
      () => {
        for (const gauge of [...ofNats, ...ofLanes]) gauge.reset();
        metrics.lanes.remove();
        metrics.oldestUndelivered.remove();
      },
    ),
    observe(
      "postgres_observation",
      () => observePostgres(deps),
      () => {
        metrics.users.reset();
        metrics.freshness.reset();
        metrics.lag.reset();
        metrics.outboxWaiting.remove();
        metrics.outboxOldest.remove();
      },
    ),
  ]);
}

async function observeStreams({ bus, metrics }: ObservationDeps): Promise<void> {
  for (const stream of [EVENTS, BODIES, DEAD, ATTEMPTS]) {
    const { state, config } = await bus.jsm.streams.info(stream);
    metrics.streamMessages.set({ stream }, state.messages);
    metrics.streamBytes.set({ stream }, state.bytes);
    metrics.streamMaxBytes.set({ stream }, config.max_bytes);
  }
}

async function observeLanes({ bus, clock, metrics, ownsLane }: ObservationDeps): Promise<void> {
  const lanes = (await measureLanes(bus)).filter(({ partnerId }) => ownsLane(partnerId));
  const show = (gauge: Metrics["lanePending"], depth: (lane: LaneDepth) => number) => {
    const depths = lanes.map(depth);
    gauge.set(
      { statistic: "sum" },
      depths.reduce((sum, one) => sum + one, 0),
    );
    gauge.set(
      { statistic: "max" },
      depths.reduce((max, one) => Math.max(max, one), 0),
    );
  };
  metrics.lanes.set(lanes.length);
  show(metrics.lanePending, ({ pending }) => pending);
  show(metrics.laneUnacknowledged, ({ unacknowledged }) => unacknowledged);
  const storedAtMs = await oldestUndelivered(bus, lanes);
  const ageMs = storedAtMs === null ? 0 : Math.max(clock.now() - storedAtMs, 0);
  metrics.oldestUndelivered.set(ageMs / 1_000);
}

async function observePostgres({ db, metrics, heldUserIds }: ObservationDeps): Promise<void> {
  const held = heldUserIds();
  const states = await countUsersByState(db, held);
  metrics.users.reset();
  for (const { state, users } of states) metrics.users.set({ state }, users);
  const freshness = await measureFreshness(db, held);
  for (const [gauge, seconds] of [
    [metrics.freshness, freshness?.heard],
    [metrics.lag, freshness?.lag],
  ] as const) {
    gauge.reset();
    for (const [statistic, value] of Object.entries(seconds ?? {})) gauge.set({ statistic }, value);
  }
  const { waiting, oldestSeconds } = await measureOutbox(db);
  metrics.outboxWaiting.set(waiting);
  metrics.outboxOldest.set(oldestSeconds);
}
