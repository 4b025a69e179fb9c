import type { Consumer } from "@nats-io/jetstream";
import { repeat } from "../../../shared/concurrency/repeat.ts";
import type { BreakerPolicy } from "./breaker.ts";
import { openLaneConsumer } from "../../bus/consumers.ts";
import type { DeliverySettings } from "../delivery/deliver-event.ts";
import { createDeliveries, type Deliveries } from "./deliveries.ts";
import { endTooOld } from "./end-too-old.ts";
import {
  type AttemptFigures,
  createRecentAttempts,
  type RecentAttempts,
} from "../attempt/recent-attempts.ts";
import { createGate, type Gate, type LaneStanding } from "./gate.ts";
import { type MessageDeps, type MessageHandler, messageHandler } from "./message-handler.ts";
import { createOrder } from "./order.ts";

export type LaneDeps = Omit<MessageDeps, "mayAttempt" | "beginAttempt" | "onAttempt" | "order">;

export interface LaneSettings extends DeliverySettings {
  /** How many attempts of one lane may be in flight at the same time. */
  laneConcurrency: number;
  maxAckPending: number;
  breaker: BreakerPolicy;
}

interface Run {
  /**
   * Aborts when the lane stops. Deliveries use it, because they outlast the round that started
   * them.
   */
  stopped: AbortSignal;
  goesOn(): void;
}

/** How long one pull waits for events. */
const PULL_MS = 30_000;
/**
 * A full lane waits this long after the end of an attempt before it pulls. More attempts end
 * meanwhile, so a backlog takes fewer pulls.
 */
const GATHER_MS = 5;
/**
 * How often a lane that pulls nothing searches for events that are too old. The interval is at most
 * a tenth of their maximum age.
 */
const MAX_LOOK_MS = 60_000;
/** The interval at which a lane checks its state while it is full or cannot record attempts. */
const MAX_WAIT_MS = 60_000;
/**
 * How long an attempt may take in addition to its POST: 15 s for its record, 15 s for the letter's
 * record, the rest for writing the letter.
 */
const SETTLE_MS = 45_000;

/**
 * One partner's lane. Pulls only as many events as it can start. While paused or with an open
 * breaker, it pulls none, and ends events that are too old. A failure affects only this lane: it
 * opens its consumer again, with back-off.
 */
export class Lane {
  readonly #deps: LaneDeps;
  readonly #settings: LaneSettings;
  readonly #partnerId: string;
  readonly #gate: Gate;
  readonly #handler: MessageHandler;
  readonly #deliveries: Deliveries;
  readonly #recent: RecentAttempts;
  readonly #lookMs: number;
  #lookedMs = -Infinity;
  /** Ends the lane's current wait when the result of `standing()` may have changed. */
  #interruption = new AbortController();
  #consumer: Consumer | undefined;
  /** The lane's state at the beginning of the current round; null before the first round. */
  #working: LaneStanding["state"] | null = null;

  /** @param onChange Called when the standing may have changed without a call of `wake()`. */
  constructor(
    deps: LaneDeps,
    settings: LaneSettings,
    { partnerId, onChange }: { partnerId: string; onChange: () => void },
  ) {
    const log = deps.log.with({ partner_id: partnerId });
    this.#deps = { ...deps, log };
    this.#settings = settings;
    this.#partnerId = partnerId;
    this.#recent = createRecentAttempts(deps.clock);
    this.#lookMs = Math.min(MAX_LOOK_MS, settings.eventMaxAgeMs / 10);
    const pausedReason = () => deps.findPartner(partnerId)?.pausedReason ?? null;
    this.#gate = createGate({ clock: deps.clock, log, pausedReason }, settings.breaker, () => {
      this.wake();
      onChange();
    });
    const order = createOrder(deps, partnerId);
    const mayAttempt = () => this.#mayAttempt();
    const { onAttempt } = this.#gate;
    const { begin: beginAttempt } = this.#recent;
    this.#handler = messageHandler(
      { ...this.#deps, order, mayAttempt, beginAttempt, onAttempt },
      settings,
    );
    this.#deliveries = createDeliveries(deps.bus, this.#handler.handle, order);
  }

  /**
   * Runs the lane until `signal` aborts. Then waits for its deliveries, at most `attemptTimeoutMs`
   * plus SETTLE_MS. Never rejects.
   */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const interrupt = () => this.#interruption.abort();
    signal.addEventListener("abort", interrupt);
    const work = (_: AbortSignal, goesOn: () => void) => this.#round({ stopped: signal, goesOn });
    await repeat(this.#deps, { name: "lane", everyMs: 0, work }).run(signal);
    signal.removeEventListener("abort", interrupt);
    await within(this.#deliveries.untilAll(), this.#settings.attemptTimeoutMs + SETTLE_MS, clock);
  }

  /**
   * Interrupts the lane's wait or pull, so that it acts on new settings of its partner. Closing a
   * pull is slow. So if the lane was running and may go on, nothing is interrupted.
   */
  wake(): void {
    if (this.#working !== "running" || this.standing().state !== "running")
      this.#interruption.abort();
  }

  standing(): LaneStanding {
    return this.#gate.standing();
  }

  /** Returns how many attempts are in flight. */
  inFlight(): number {
    return this.#deliveries.attempting();
  }

  /** Returns how the endpoint has answered in the last minutes. */
  figures(): AttemptFigures {
    return this.#recent.measure();
  }

  async #round(run: Run): Promise<void> {
    this.#interruption = new AbortController();
    const { maxAckPending } = this.#settings;
    this.#consumer ??= await openLaneConsumer(this.#deps.bus, this.#partnerId, maxAckPending);
    try {
      await this.#step(this.#consumer, run);
    } catch (error) {
      this.#consumer = undefined;
      throw error;
    }
  }

  #step(from: Consumer, run: Run): Promise<void> {
    const standing = this.standing();
    this.#working = standing.state;
    switch (standing.state) {
      case "running":
        return this.#deliver(from, this.#settings.laneConcurrency, run.stopped);
      case "probing":
        return this.#deliver(from, 1, run.stopped);
      case "paused":
        return this.#rest(Infinity, run);
      case "open":
        return this.#rest(standing.untilMs, run);
    }
  }

  async #deliver(from: Consumer, places: number, stopped: AbortSignal): Promise<void> {
    const { clock, recorder } = this.#deps;
    const interrupted = this.#interruption.signal;
    // Without its record, an attempt would be repeated again and again. So no attempt starts while
    // none can be recorded.
    if (recorder.isStuck) return this.#until(recorder.untilFree(interrupted));
    const free = places - this.inFlight();
    if (free > 0) {
      const options = { maxMessages: free, expiresMs: PULL_MS };
      return this.#deliveries.take(from, options, { interrupted, stopped });
    }
    await this.#until(this.#deliveries.untilOne());
    await clock.sleep(GATHER_MS, this.#interruption.signal);
  }

  /**
   * Waits while the lane is paused, or until `untilMs` while its breaker is open. Returns earlier
   * to give up events that are too old.
   */
  async #rest(untilMs: number, run: Run): Promise<void> {
    const { clock } = this.#deps;
    const lookAtMs = this.#lookedMs + this.#lookMs;
    const wakeAtMs = Math.min(untilMs, lookAtMs);
    await clock.sleep(Math.max(wakeAtMs - clock.monotonic(), 0), this.#interruption.signal);
    if (this.#interruption.signal.aborted) return;
    if (clock.monotonic() >= lookAtMs) await this.#endTooOld(run);
    else if (this.inFlight() === 0) this.#gate.probe();
    else await this.#until(this.#deliveries.untilOne());
  }

  async #endTooOld({ stopped, goesOn }: Run): Promise<void> {
    const { bus, clock, recorder } = this.#deps;
    const { end } = this.#handler;
    const { eventMaxAgeMs, attemptTimeoutMs } = this.#settings;
    /**
     * An attempt may begin just before its event reaches `eventMaxAgeMs`. At `maxAgeMs`, even this
     * attempt has ended.
     */
    const maxAgeMs = eventMaxAgeMs + attemptTimeoutMs + SETTLE_MS;
    // Giving up an event needs a record in ATTEMPTS. While ATTEMPTS accepts none, the round must
    // not count as stuck.
    using _ = every(MAX_WAIT_MS, () => recorder.isStuck && goesOn());
    const what = { partnerId: this.#partnerId, maxAgeMs };
    await endTooOld({ bus, clock, end, goesOn }, what, stopped);
    this.#lookedMs = clock.monotonic();
  }

  #until(wait: Promise<unknown>): Promise<void> {
    return within(wait, MAX_WAIT_MS, this.#deps.clock);
  }

  #mayAttempt(): boolean {
    const { state } = this.standing();
    return !this.#deps.recorder.isStuck && (state === "running" || state === "probing");
  }
}

function every(ms: number, callback: () => void): Disposable {
  const timer = setInterval(callback, ms);
  return { [Symbol.dispose]: () => clearInterval(timer) };
}

/** Waits for the work, at most `maxMs`. */
async function within(
  work: Promise<unknown>,
  maxMs: number,
  clock: LaneDeps["clock"],
): Promise<void> {
  const ended = new AbortController();
  void work.finally(() => ended.abort());
  await clock.sleep(maxMs, ended.signal);
}
