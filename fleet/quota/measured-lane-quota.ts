import type { Db } from "../../db/client.ts";
import { markIngest, readPausedIngest, sumQueuedBytes } from "../../db/deliveries/lane-quota.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import type { Bus } from "../bus/bus.ts";
import { measureLanes } from "../bus/lane-depths.ts";
import { judgeIngest, type Quota, type Waiting } from "./judge-ingest.ts";
import type { LaneQuota } from "./lane-quota.ts";
import { newTally } from "./tally.ts";
import { createTurns } from "./turns.ts";

export interface MeasuredLaneQuotaDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  log: Log;
  /** Called after each measurement with the number of partners whose ingest is paused. */
  onJudged(paused: number): void;
}

export interface MeasuredLaneQuotaSettings extends Quota {
  intervalMs: number;
}

/**
 * How many users of one partner resume after each measurement. Limits how many mailboxes are read
 * at the same time.
 */
const ADMITTED_AT_ONCE = 100;

/**
 * Keeps each partner's backlog below its quota, so a dead endpoint cannot fill the streams for
 * others. NATS counts the events, Postgres the bytes. Between two counts, this process adds what it
 * has published. May run on several instances at once: all get the same counts.
 */
export class MeasuredLaneQuota implements LaneQuota {
  readonly #deps: MeasuredLaneQuotaDeps;
  readonly #quota: Quota;
  readonly #loops: readonly Repetition[];
  readonly #events = newTally();
  readonly #bytes = newTally();
  readonly #turns = createTurns();
  /** The partners whose ingest is paused. */
  readonly #paused = new Set<string>();
  /** The partners whose ingest has resumed, while the database still shows it as paused. */
  #resumed: string[] = [];
  #knowsPaused = false;

  constructor(deps: MeasuredLaneQuotaDeps, settings: MeasuredLaneQuotaSettings) {
    const { intervalMs: everyMs, ...quota } = settings;
    this.#deps = deps;
    this.#quota = quota;
    this.#loops = [
      repeat(deps, { name: "lane_quota_events", everyMs, work: () => this.#measureEvents() }),
      repeat(deps, { name: "lane_quota_bytes", everyMs, work: () => this.#measureBytes() }),
    ];
  }

  /** Measures the lanes until `signal` aborts; never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#loops.map((loop) => loop.run(signal)));
  }

  has(partnerId: string): boolean {
    if (this.#paused.has(partnerId)) return false;
    const { events, bytes } = this.#quota;
    const isFull =
      this.#events.estimate(partnerId) >= events || this.#bytes.estimate(partnerId) >= bytes;
    return !isFull;
  }

  published(partnerId: string, added: { events: number; bytes: number }): void {
    this.#events.add(partnerId, added.events);
    this.#bytes.add(partnerId, added.bytes);
  }

  wait(partnerId: string, signal: AbortSignal): Promise<void> {
    // Perhaps only this process's estimate exceeds the quota: it still includes events delivered
    // since the last measurement. So measure now.
    if (!this.#paused.has(partnerId)) for (const loop of this.#loops) loop.wake();
    return this.#turns.wait(partnerId, signal);
  }

  async #measureEvents(): Promise<void> {
    const measured = this.#events.begin();
    const lanes = await measureLanes(this.#deps.bus);
    const counts = lanes.map(
      ({ partnerId, pending, unacknowledged }) => [partnerId, pending + unacknowledged] as const,
    );
    measured(new Map(counts));
    this.#judgeAll();
  }

  async #measureBytes(): Promise<void> {
    const { db } = this.#deps;
    // Between the limits for pausing and resuming, ingest keeps its state. So a new instance reads
    // the state first.
    if (!this.#knowsPaused)
      for (const partnerId of await readPausedIngest(db)) this.#paused.add(partnerId);
    this.#knowsPaused = true;
    const measured = this.#bytes.begin();
    measured(await sumQueuedBytes(db));
    this.#judgeAll();
    const written = this.#resumed;
    await markIngest(db, { paused: [...this.#paused], resumed: written });
    this.#resumed = this.#resumed.slice(written.length);
  }

  #judgeAll(): void {
    const measured = [...this.#events.partnerIds(), ...this.#bytes.partnerIds()];
    for (const partnerId of new Set([...measured, ...this.#paused])) this.#judge(partnerId);
    this.#deps.onJudged(this.#paused.size);
    for (const partnerId of this.#turns.partnerIds()) {
      if (this.has(partnerId)) this.#turns.admit(partnerId, ADMITTED_AT_ONCE);
    }
  }

  #judge(partnerId: string): void {
    const { log } = this.#deps;
    const waiting: Waiting = {
      events: this.#events.measured(partnerId),
      bytes: this.#bytes.measured(partnerId),
    };
    const was = this.#paused.has(partnerId) ? "paused" : "open";
    const ingest = judgeIngest(was, waiting, this.#quota);
    if (ingest.kind === was) return;
    const fields = { partner_id: partnerId, ...waiting };
    if (ingest.kind === "paused") {
      this.#paused.add(partnerId);
      log.warn("ingest.paused", { ...fields, by: ingest.by });
    } else {
      this.#paused.delete(partnerId);
      this.#resumed.push(partnerId);
      log.info("ingest.resumed", fields);
    }
  }
}
