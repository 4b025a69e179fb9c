import type { Db } from "../../db/client.ts";
import { mirrorHeartbeats } from "../../db/fleet/fleet-instances.ts";
import type { Clock } from "../../shared/clock.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";
import { untilAborted } from "../../shared/concurrency/until-aborted.ts";
import type { Bus } from "../bus/bus.ts";
import { type Bucket, heartbeatBucket } from "./bucket.ts";
import { findCutOff } from "./cut-off.ts";
import {
  type Heartbeat,
  joinViews,
  liveInstances,
  type StoredHeartbeat,
  toMembershipKey,
  waitsFor,
} from "./heartbeat.ts";
import { createOwnHeartbeat, DuplicateInstance, type OwnHeartbeat } from "./own-heartbeat.ts";
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

const WATCH_PAUSE_MS = 1_000;
/**
 * After a gap in our own heartbeats, those of others have one interval plus this time to arrive. An
 * instance may need 10 s to send one: 5 s without an answer of NATS, and 5 s until the next try.
 */
const SETTLE_MS = 10_000;

/**
 * The instances of the fleet, as this one sees them. `run()` sends this instance's heartbeats and
 * watches those of others. Call it only once. The other methods may be called at any time.
 */
export class Roster {
  readonly #deps: RosterDeps;
  readonly #settings: RosterSettings;
  readonly #bucket: Bucket;
  readonly #ownHeartbeat: OwnHeartbeat;
  /** The last heartbeat of each instance, by its id. */
  readonly #stored = new Map<string, StoredHeartbeat>();
  readonly #callbacks: (() => void)[] = [];
  /** Aborts when `run()` has ended: this process then answers no questions about itself. */
  readonly #ended = new AbortController();
  /** Aborts when another process runs under our id. */
  readonly #duplicated = new AbortController();
  #live: readonly StoredHeartbeat[] = [];
  #describeOwn = (): Described => ({ role: "all", capacity: 0, users_held: 0 });
  #state: Heartbeat["state"] = "up";
  /** When our last acknowledged heartbeat was sent, on the monotonic clock. */
  #beatSentMs = -Infinity;
  /** Until when it is unclear who is alive, on the monotonic clock. */
  #settledAtMs = -Infinity;
  #isReturning: boolean | undefined;
  #isCutOff = false;

  constructor(deps: RosterDeps, settings: RosterSettings) {
    this.#deps = deps;
    this.#settings = settings;
    this.#bucket = heartbeatBucket(deps.bus);
    this.#ownHeartbeat = createOwnHeartbeat(
      { ...deps, bucket: this.#bucket },
      settings.instanceId,
      this.#ended.signal,
    );
  }

  /** Returns the live instances, sorted by id; none before our first heartbeat. */
  live(): readonly StoredHeartbeat[] {
    return this.#live;
  }

  /** Returns what this instance may do, depending on the age of its own heartbeats. */
  standing(): Standing {
    if (this.#duplicated.signal.aborted) return "fenced";
    return judgeStanding(this.#deps.clock.monotonic() - this.#beatSentMs, this.#settings.ttlMs);
  }

  /** Whether Postgres answers other instances but not us. If so, our users belong to the others. */
  isCutOff(): boolean {
    return this.#isCutOff;
  }

  /**
   * Whether our users waited for us: our previous process was in the roster until shortly before
   * our start.
   */
  isReturning(): boolean {
    return this.#isReturning ?? false;
  }

  /**
   * Calls `callback` when an instance joins, leaves, or changes its role, state or capacity. Also
   * calls it when Postgres stops or begins to answer an instance.
   */
  onChange(callback: () => void): void {
    this.#callbacks.push(callback);
  }

  /** Announces at once that this instance leaves or restarts. Heartbeats continue. */
  async leave(): Promise<void> {
    this.#state = this.#settings.restartGraceMs > 0 ? "restarting" : "draining";
    await this.#beat().catch((error: unknown) =>
      this.#deps.log.warn("roster.leave_not_said", { error: toErrorText(error) }),
    );
  }

  /**
   * Resolves when `signal` aborts.
   *
   * @throws {DuplicateInstance} as soon as another process runs under our id.
   */
  async expectAlone(signal: AbortSignal): Promise<void> {
    await untilAborted(AbortSignal.any([signal, this.#duplicated.signal]));
    this.#duplicated.signal.throwIfAborted();
  }

  /**
   * Sends heartbeats and watches those of others until `signal` aborts. Then removes our own
   * heartbeat, except before a restart.
   *
   * @param describeOwn Returns what this instance reports about itself now.
   */
  async run(describeOwn: () => Described, signal: AbortSignal): Promise<void> {
    this.#describeOwn = describeOwn;
    const { intervalMs: everyMs } = this.#settings;
    const loops = [
      repeat(this.#deps, { name: "heartbeat", everyMs, work: () => this.#beat() }),
      repeat(this.#deps, {
        name: "roster_watch",
        everyMs: WATCH_PAUSE_MS,
        maxSilenceMs: Infinity,
        work: (stopped) => this.#watch(stopped),
      }),
      // Separate from the heartbeats: a slow PostgreSQL must not make an instance look dead.
      repeat(this.#deps, {
        name: "roster_mirror",
        everyMs,
        work: () => mirrorHeartbeats(this.#deps.db, this.#live),
      }),
    ];
    await Promise.all(loops.map((loop) => loop.run(signal)));
    this.#ended.abort();
    if (this.#state === "restarting" || this.#duplicated.signal.aborted) return;
    await this.#ownHeartbeat
      .remove()
      .catch((error: unknown) =>
        this.#deps.log.warn("heartbeat.not_removed", { error: toErrorText(error) }),
      );
  }

  async #beat(): Promise<void> {
    const { bus, clock } = this.#deps;
    const { intervalMs, ttlMs } = this.#settings;
    const sentMs = clock.monotonic();
    this.#duplicated.signal.throwIfAborted();
    try {
      // Without this check, we might use the bucket of another installation and get its users.
      await bus.verified();
      await this.#exchange();
    } catch (error) {
      if (error instanceof DuplicateInstance) this.#duplicated.abort(error);
      else await bus.repair().catch(() => {});
      throw error;
    }
    // After a gap longer than a TTL, NATS may have been unreachable for all instances. The
    // heartbeats of others may then have paused too.
    const gapMs = sentMs - this.#beatSentMs;
    if (gapMs > ttlMs && Number.isFinite(gapMs))
      this.#settledAtMs = sentMs + intervalMs + SETTLE_MS;
    this.#beatSentMs = sentMs;
    this.#judge();
  }

  /** Writes our heartbeat and reads those of all instances. */
  async #exchange(): Promise<void> {
    const { instanceId, restartGraceMs, ttlMs } = this.#settings;
    const earlier = await this.#ownHeartbeat.beat({
      ...this.#describeOwn(),
      state: this.#state,
      grace_ms: this.#state === "restarting" ? restartGraceMs : 0,
    });
    // A missing instance is not removed, because NATS may have lost the bucket. It stops counting
    // as alive when its last heartbeat is too old.
    for (const heartbeat of await this.#bucket.readAll())
      this.#stored.set(heartbeat.instanceId, heartbeat);
    const now = this.#stored.get(instanceId);
    this.#isReturning ??= Boolean(earlier && now && waitsFor(earlier, now.createdMs, ttlMs));
  }

  /**
   * Notices at once when an instance joins or leaves. A silent instance is noticed only at our next
   * heartbeat.
   */
  #watch(signal: AbortSignal): Promise<void> {
    return this.#bucket.watch((id, heartbeat) => {
      if (heartbeat) this.#stored.set(id, heartbeat);
      else this.#stored.delete(id);
      this.#judge();
    }, signal);
  }

  /** Decides which instances are alive, and calls the callbacks of `onChange()` if that changed. */
  #judge(): void {
    // `#watch()` may receive our own heartbeat before its ack. Until the ack we may claim nothing.
    if (this.#beatSentMs === -Infinity) return;
    const { instanceId, ttlMs } = this.#settings;
    const before = this.#live;
    const alive = liveInstances(this.#stored.values(), instanceId, ttlMs);
    const unclear = this.#isUnclear()
      ? before.filter((heartbeat) => this.#stored.has(heartbeat.instanceId))
      : [];
    const joined = joinViews(unclear, alive);
    const cutOff = findCutOff(joined, ttlMs);
    this.#live = joined.map((one) => ({ ...one, isCutOff: cutOff.has(one.instanceId) }));
    this.#sayWhetherCutOff(cutOff.has(instanceId));
    if (toMembershipKey(this.#live) !== toMembershipKey(before))
      for (const callback of this.#callbacks) callback();
  }

  /**
   * Returns whether it is unclear which instances are alive. It is unclear during a gap in our own
   * heartbeats, and after it until those of others had time to arrive. When we notice the gap, all
   * heartbeats from before it have arrived.
   */
  #isUnclear(): boolean {
    const nowMs = this.#deps.clock.monotonic();
    return nowMs < this.#settledAtMs || nowMs - this.#beatSentMs > this.#settings.ttlMs;
  }

  #sayWhetherCutOff(isNow: boolean): void {
    if (isNow === this.#isCutOff) return;
    this.#isCutOff = isNow;
    const { log } = this.#deps;
    if (isNow)
      log.error("database.cut_off", { silent_ms: this.#describeOwn().database?.silent_ms });
    else log.info("database.reached_again", {});
  }
}
