import type { Db } from "../../db/client.ts";
import { mirrorHeartbeats } from "../../db/fleet/fleet-instances.ts";
import type { Clock } from "../../shared/clock.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";
import { untilAborted } from "../../shared/concurrency/until-aborted.ts";
import type { Bus } from "../bus/bus.ts";
import { heartbeatBucket } from "./bucket.ts";
import { findCutOff } from "./cut-off.ts";
import {
  type Heartbeat,
  joinViews,
  liveInstances,
  type StoredHeartbeat,
  waitsFor,
} from "./heartbeat.ts";
import { createOwnHeartbeat, DuplicateInstance } from "./own-heartbeat.ts";
import { judgeStanding, type Standing } from "./standing.ts";

export interface RosterDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
}

export interface RosterSettings {
  instanceId: string;
  intervalMs: number;
  ttlMs: number;
  /** How long our users wait for us after a stop. Above 0, a stop counts as a restart. */
  restartGraceMs: number;
}

type Described = Omit<Heartbeat, "state" | "grace_ms" | "process">;

/** The instances of the fleet, as this one sees them. */
export interface Roster {
  /** Returns the live instances, sorted by id; none before our first heartbeat. */
  live(): readonly StoredHeartbeat[];
  /** Returns what this instance may do, depending on the age of its own heartbeats. */
  standing(): Standing;
  /** Whether Postgres answers other instances but not us. If so, our users belong to the others. */
  isCutOff(): boolean;
  /**
   * Whether our users waited for us: an earlier process with our id was in the roster until shortly
   * before this process started.
   */
  isReturning(): boolean;
  /**
   * Calls back whenever an instance joins, leaves, or changes its role, state or capacity, and when
   * Postgres stops or begins to answer an instance.
   */
  onChange(callback: () => void): void;
  /** Announces at once that this instance leaves or restarts. Heartbeats continue. */
  leave(): Promise<void>;
  /**
   * Resolves when `signal` aborts. Rejects with DuplicateInstance as soon as another process runs
   * under our id.
   */
  expectAlone(signal: AbortSignal): Promise<void>;
  /**
   * Sends heartbeats and watches the heartbeats of others until `signal` aborts, then removes its
   * own heartbeat, unless this instance restarts.
   *
   * @param own Returns what this instance reports about itself now.
   */
  run(own: () => Described, signal: AbortSignal): Promise<void>;
}

const WATCH_PAUSE_MS = 1_000;
/**
 * After a gap in our own heartbeats, the heartbeats of the others have one interval plus this time
 * to arrive again. An instance may need 10 s to send one: it waits 5 s for an answer that does not
 * come, and tries again 5 s later.
 */
const SETTLE_MS = 10_000;

/** Creates the roster of one instance. */
export function createRoster(deps: RosterDeps, settings: RosterSettings): Roster {
  const { clock, log } = deps;
  const { instanceId, ttlMs, intervalMs, restartGraceMs } = settings;
  const bucket = heartbeatBucket(deps.bus);
  const stored = new Map<string, StoredHeartbeat>();
  const callbacks: (() => void)[] = [];
  let live: readonly StoredHeartbeat[] = [];
  let own = (): Described => ({ role: "all", capacity: 0, users_held: 0 });
  let state: Heartbeat["state"] = "up";
  let beatSentMs = -Infinity;
  let settledAtMs = -Infinity;
  let isReturning: boolean | undefined;
  let isCutOff = false;
  const ended = new AbortController();
  const duplicated = new AbortController();
  const ownHeartbeat = createOwnHeartbeat({ ...deps, bucket }, instanceId, ended.signal);

  const take = (id: string, heartbeat: StoredHeartbeat | null) => {
    if (heartbeat) stored.set(id, heartbeat);
    else stored.delete(id);
  };

  const isStored = (heartbeat: StoredHeartbeat) => stored.has(heartbeat.instanceId);

  /**
   * Returns whether it is unclear which instances are alive: during a gap in our own heartbeats,
   * and after it until the heartbeats of the others have had time to arrive. A heartbeat that was
   * sent before NATS became silent has arrived by the time we notice the gap.
   */
  const isUnclear = () => {
    const nowMs = clock.monotonic();
    return nowMs < settledAtMs || nowMs - beatSentMs > ttlMs;
  };

  const judge = () => {
    // Our own heartbeat may be seen before it is acknowledged. Until the ack we may claim nothing.
    if (beatSentMs === -Infinity) return;
    const before = live;
    const alive = liveInstances(stored.values(), instanceId, ttlMs);
    const unclear = isUnclear() ? before.filter(isStored) : [];
    const joined = joinViews(unclear, alive);
    const cutOff = findCutOff(joined, ttlMs);
    live = joined.map((one) => ({ ...one, isCutOff: cutOff.has(one.instanceId) }));
    sayWhetherCutOff(cutOff.has(instanceId));
    if (toMembershipKey(live) !== toMembershipKey(before))
      for (const callback of callbacks) callback();
  };

  const sayWhetherCutOff = (isNow: boolean) => {
    if (isNow === isCutOff) return;
    isCutOff = isNow;
    if (isNow) log.error("database.cut_off", { silent_ms: own().database?.silent_ms });
    else log.info("database.reached_again", {});
  };

  const exchange = async () => {
    const graceMs = state === "restarting" ? restartGraceMs : 0;
    const earlier = await ownHeartbeat.beat({ ...own(), state, grace_ms: graceMs });
    // Instances that are missing here are not removed, because NATS may have lost the bucket. They
    // stop counting as alive when their last heartbeat is too old.
    for (const heartbeat of await bucket.readAll()) take(heartbeat.instanceId, heartbeat);
    const now = stored.get(instanceId);
    isReturning ??= Boolean(earlier && now && waitsFor(earlier, now.createdMs, ttlMs));
  };

  const beat = async () => {
    const sentMs = clock.monotonic();
    duplicated.signal.throwIfAborted();
    try {
      // Without this check, we might use the bucket of another installation and get its users.
      await deps.bus.verified();
      await exchange();
    } catch (error) {
      if (error instanceof DuplicateInstance) duplicated.abort(error);
      else await deps.bus.repair().catch(() => {});
      throw error;
    }
    // If our heartbeats paused for longer than a TTL, NATS may have been away, and the heartbeats
    // of the others may have paused too.
    const gapMs = sentMs - beatSentMs;
    if (gapMs > ttlMs && Number.isFinite(gapMs)) settledAtMs = sentMs + intervalMs + SETTLE_MS;
    beatSentMs = sentMs;
    judge();
  };

  /**
   * Writes the heartbeats into PostgreSQL. Runs separately from the sending of heartbeats, so that
   * a slow PostgreSQL does not make an instance look dead.
   */
  const mirror = () => mirrorHeartbeats(deps.db, live);

  /**
   * Reports at once when an instance joins or leaves. An instance that became silent is noticed at
   * our next heartbeat.
   */
  const watch = (signal: AbortSignal) =>
    bucket.watch((id, heartbeat) => {
      take(id, heartbeat);
      judge();
    }, signal);

  return {
    live: () => live,
    standing: () =>
      duplicated.signal.aborted ? "fenced" : judgeStanding(clock.monotonic() - beatSentMs, ttlMs),
    isCutOff: () => isCutOff,
    isReturning: () => isReturning ?? false,
    onChange: (callback) => void callbacks.push(callback),
    async leave() {
      state = restartGraceMs > 0 ? "restarting" : "draining";
      await beat().catch((error: unknown) =>
        log.warn("roster.leave_not_said", { error: toErrorText(error) }),
      );
    },
    async expectAlone(signal) {
      await untilAborted(AbortSignal.any([signal, duplicated.signal]));
      duplicated.signal.throwIfAborted();
    },
    async run(describeOwn, signal) {
      own = describeOwn;
      const beats = repeat(deps, { name: "heartbeat", everyMs: intervalMs, work: beat });
      const watches = repeat(deps, {
        name: "roster_watch",
        everyMs: WATCH_PAUSE_MS,
        maxSilenceMs: Infinity,
        work: watch,
      });
      const mirrors = repeat(deps, { name: "roster_mirror", everyMs: intervalMs, work: mirror });
      await Promise.all([beats, watches, mirrors].map((repetition) => repetition.run(signal)));
      ended.abort();
      if (state === "restarting" || duplicated.signal.aborted) return;
      await ownHeartbeat
        .remove()
        .catch((error: unknown) =>
          log.warn("heartbeat.not_removed", { error: toErrorText(error) }),
        );
    },
  };
}

/**
 * Returns everything that the distribution of users and lanes depends on, as text for a comparison.
 */
const toMembershipKey = (live: readonly StoredHeartbeat[]) =>
  JSON.stringify(
    live.map(({ instanceId, isCutOff, heartbeat: { role, state, capacity } }) => [
      instanceId,
      role,
      state,
      capacity,
      isCutOff,
    ]),
  );
