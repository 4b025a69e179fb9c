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
  /** Attempts in flight of one lane. */
  laneConcurrency: number;
  maxAckPending: number;
  breaker: BreakerPolicy;
}

export interface Lane {
  /** Resolves after `signal` when the attempts in flight have ended; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Has it look at its partner's settings again. */
  wake(): void;
  standing(): LaneStanding;
  /** Attempts under way. */
  inFlight(): number;
}

interface Run {
  /** Of the lane: what a round began goes on after it. */
  stopped: AbortSignal;
  goesOn(): void;
}

/** How long one pull waits for events. */
const PULL_MS = 30_000;
/** A lane that was full pulls when more places than one are free: a backlog takes fewer pulls. */
const GATHER_MS = 5;
/** How often a lane that pulls nothing looks for events that are too old, or oftener where they age fast. */
const MAX_LOOK_MS = 60_000;
/** A lane that is full, or cannot record what it does, looks about so often. */
const MAX_WAIT_MS = 60_000;
/** What an attempt may take beside its POST: its record and its letter's, each repeated for 15 s, and the letter. */
const SETTLE_MS = 45_000;

/**
 * One partner's deliveries. No more is pulled than can be started, and nothing while the lane is paused
 * or its breaker open; events that are too old are ended meanwhile. A lane's failure stays its own: it opens its
 * consumer again, with a back-off, for as long as it is wanted.
 *
 * @param onChange Called when its standing may have changed by itself.
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
  /** Ends what the lane waits for, when its standing may be another. */
  let interruption = new AbortController();
  let consumer: Consumer | undefined;
  let lookedMs = -Infinity;
  /** As what the lane works at this moment. */
  let working: LaneStanding["state"] | null = null;

  const interrupt = () => interruption.abort();
  /** A pull goes on while the lane runs: closing one takes a while. */
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
  /** By then an attempt that began in time has ended. */
  const maxAgeMs = eventMaxAgeMs + settings.attemptTimeoutMs + SETTLE_MS;

  const take = (from: Consumer, options: PullOptions, stopped: AbortSignal) =>
    deliveries.take(from, options, { interrupted: interruption.signal, stopped });

  async function deliver(from: Consumer, places: number, signal: AbortSignal): Promise<void> {
    // What is attempted now could not be recorded, and would be attempted again and again.
    if (recorder.isStuck) return untilOne(() => recorder.untilFree(interruption.signal));
    const free = places - deliveries.attempting();
    if (free > 0) return take(from, { maxMessages: free, expiresMs: PULL_MS }, signal);
    await untilOne(deliveries.untilOne);
    await clock.sleep(GATHER_MS, interruption.signal);
  }

  const untilOne = (wait: () => Promise<unknown>) => within(wait(), MAX_WAIT_MS, clock);

  /** Of a lane that is paused, or open until then. */
  async function rest(untilMs: number, { stopped, goesOn }: Run): Promise<void> {
    const wakeAtMs = Math.min(untilMs, lookedMs + lookMs);
    await clock.sleep(Math.max(wakeAtMs - clock.monotonic(), 0), interruption.signal);
    if (interruption.signal.aborted) return;
    if (clock.monotonic() >= lookedMs + lookMs) {
      // What is given up is recorded first, however long ATTEMPTS takes nothing: that is no round that is stuck.
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

/** Waits for the work, but no longer than that. */
async function within(
  work: Promise<unknown>,
  maxMs: number,
  clock: LaneDeps["clock"],
): Promise<void> {
  const ended = new AbortController();
  void work.finally(() => ended.abort());
  await clock.sleep(maxMs, ended.signal);
}
