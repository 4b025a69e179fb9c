import type { Consumer } from "@nats-io/jetstream";
import { repeat } from "../../../shared/concurrency/repeat.ts";
import type { BreakerPolicy } from "./breaker.ts";
import { openLaneConsumer } from "../../bus/consumers.ts";
import type { DeliverySettings } from "../delivery/deliver-event.ts";
import { createDeliveries } from "./deliveries.ts";
import { endTooOld } from "./end-too-old.ts";
import { createGate, type LaneStanding } from "./gate.ts";
import { type MessageDeps, messageHandler } from "./message-handler.ts";
import { createOrder } from "./order.ts";
import type { PullOptions } from "../../bus/pull.ts";

export type LaneDeps = Omit<MessageDeps, "mayAttempt" | "onAttempt" | "order">;

export interface LaneSettings extends DeliverySettings {
  /** How many attempts of one lane may be in flight at the same time. */
  laneConcurrency: number;
  maxAckPending: number;
  breaker: BreakerPolicy;
}

export interface Lane {
  /**
   * Runs the lane until `signal` aborts. Resolves when the attempts in flight have ended, too;
   * never rejects.
   */
  run(signal: AbortSignal): Promise<void>;
  /** Makes the lane check its partner's settings again. */
  wake(): void;
  standing(): LaneStanding;
  /** Returns how many attempts are in flight. */
  inFlight(): number;
}

interface Run {
  /**
   * Aborts when the lane stops, but not at the end of a round, because deliveries outlast the round
   * that started them.
   */
  stopped: AbortSignal;
  goesOn(): void;
}

/** How long one pull waits for events. */
const PULL_MS = 30_000;
/**
 * When a lane is full and one of its attempts ends, the lane waits this long before its next pull.
 * More attempts end meanwhile, so a backlog takes fewer pulls.
 */
const GATHER_MS = 5;
/**
 * A lane that pulls nothing searches for events that are too old. It does so at this interval, or
 * at a tenth of the events' maximum age if that is shorter.
 */
const MAX_LOOK_MS = 60_000;
/** The interval at which a lane checks its state while it is full or cannot record attempts. */
const MAX_WAIT_MS = 60_000;
/**
 * How long an attempt may take in addition to its POST: 15 s for its record, 15 s for the record of
 * its letter, and the rest for writing the letter.
 */
const SETTLE_MS = 45_000;

/**
 * Creates one partner's lane. It pulls only as many events as it can attempt at once. While it is
 * paused or its breaker is open, it pulls none, but ends events that are too old. After a failure,
 * the lane opens its consumer again, with back-off, until it is stopped. Other lanes are not
 * affected.
 *
 * @param onChange Called when the result of `standing()` may have changed without a call of
 * `wake()`.
 */
export function createLane(
  deps: LaneDeps,
  settings: LaneSettings,
  { partnerId, onChange }: { partnerId: string; onChange: () => void },
): Lane {
  const { bus, clock, recorder } = deps;
  const { laneConcurrency, eventMaxAgeMs } = settings;
  const log = deps.log.with({ partner_id: partnerId });
  const lookMs = Math.min(MAX_LOOK_MS, eventMaxAgeMs / 10);
  /** Ends the lane's current wait when the result of `standing()` may have changed. */
  let interruption = new AbortController();
  let consumer: Consumer | undefined;
  let lookedMs = -Infinity;
  /** The lane's state at the beginning of the current round; null before the first round. */
  let working: LaneStanding["state"] | null = null;

  const interrupt = () => interruption.abort();
  /**
   * Interrupts the current wait. Does not interrupt a pull while the lane is running, because it
   * takes a while to close a pull.
   */
  const wake = () => {
    if (working !== "running" || gate.standing().state !== "running") interrupt();
  };
  const gate = createGate(
    { clock, log, pausedReason: () => deps.findPartner(partnerId)?.pausedReason ?? null },
    settings.breaker,
    () => {
      wake();
      onChange();
    },
  );
  const mayAttempt = () =>
    !recorder.isStuck && ["running", "probing"].includes(gate.standing().state);
  const order = createOrder(deps, partnerId);
  const handlerDeps = { ...deps, log, order, mayAttempt, onAttempt: gate.onAttempt };
  const { handle, end } = messageHandler(handlerDeps, settings);
  const deliveries = createDeliveries(bus, handle, order);
  /**
   * When an event has reached this age, even an attempt that began just before `eventMaxAgeMs` has
   * ended.
   */
  const maxAgeMs = eventMaxAgeMs + settings.attemptTimeoutMs + SETTLE_MS;

  const take = (from: Consumer, options: PullOptions, stopped: AbortSignal) =>
    deliveries.take(from, options, { interrupted: interruption.signal, stopped });

  async function deliver(from: Consumer, places: number, signal: AbortSignal): Promise<void> {
    // While attempts cannot be recorded, each of them would be repeated again and again.
    if (recorder.isStuck) return untilOne(() => recorder.untilFree(interruption.signal));
    const free = places - deliveries.attempting();
    if (free > 0) return take(from, { maxMessages: free, expiresMs: PULL_MS }, signal);
    await untilOne(deliveries.untilOne);
    await clock.sleep(GATHER_MS, interruption.signal);
  }

  const untilOne = (wait: () => Promise<unknown>) => within(wait(), MAX_WAIT_MS, clock);

  /**
   * Waits while the lane is paused, or until `untilMs` while its breaker is open. A call may end
   * earlier, to give up events that are too old.
   */
  async function rest(untilMs: number, { stopped, goesOn }: Run): Promise<void> {
    const wakeAtMs = Math.min(untilMs, lookedMs + lookMs);
    await clock.sleep(Math.max(wakeAtMs - clock.monotonic(), 0), interruption.signal);
    if (interruption.signal.aborted) return;
    if (clock.monotonic() >= lookedMs + lookMs) {
      // Giving up an event needs a record in ATTEMPTS. While ATTEMPTS accepts no records, the round
      // still reports progress, so that it does not count as stuck.
      using _ = every(MAX_WAIT_MS, () => recorder.isStuck && goesOn());
      await endTooOld({ bus, clock, end, goesOn }, { partnerId, maxAgeMs }, stopped);
      lookedMs = clock.monotonic();
    } else if (deliveries.attempting() === 0) {
      gate.probe();
    } else {
      await untilOne(deliveries.untilOne);
    }
  }

  function step(from: Consumer, run: Run): Promise<void> {
    const standing = gate.standing();
    working = standing.state;
    switch (standing.state) {
      case "running":
        return deliver(from, laneConcurrency, run.stopped);
      case "probing":
        return deliver(from, 1, run.stopped);
      case "paused":
        return rest(Infinity, run);
      case "open":
        return rest(standing.untilMs, run);
    }
  }

  async function work(run: Run): Promise<void> {
    interruption = new AbortController();
    consumer ??= await openLaneConsumer(bus, partnerId, settings.maxAckPending);
    try {
      await step(consumer, run);
    } catch (error) {
      consumer = undefined;
      throw error;
    }
  }

  return {
    wake,
    standing: gate.standing,
    inFlight: deliveries.attempting,
    async run(signal) {
      signal.addEventListener("abort", interrupt);
      const round = (_: AbortSignal, goesOn: () => void) => work({ stopped: signal, goesOn });
      await repeat({ ...deps, log }, { name: "lane", everyMs: 0, work: round }).run(signal);
      signal.removeEventListener("abort", interrupt);
      await within(deliveries.untilAll(), settings.attemptTimeoutMs + SETTLE_MS, clock);
    },
  };
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
