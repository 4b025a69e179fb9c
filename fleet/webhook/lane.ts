import type { Consumer, JsMsg } from "@nats-io/jetstream";
import { repeat } from "../../shared/repeat.ts";
import { openLaneConsumer } from "./consumers.ts";
import { type MessageDeps, messageHandler } from "./message-handler.ts";
import type { DeliverySettings } from "./deliver-event.ts";
import { pull } from "./pull.ts";

export interface LaneSettings extends DeliverySettings {
  /** Attempts in flight of one lane. */
  laneConcurrency: number;
  maxAckPending: number;
}

/** How long one pull waits for events. */
const PULL_MS = 30_000;
/** What an attempt may take beside its POST: three publishes at most, each repeated for 15 s. */
const SETTLE_MS = 45_000;

/**
 * One partner's deliveries. No more is pulled than can be started, and a lane's failure stays its
 * own: it opens its consumer again, with a back-off, for as long as it is wanted.
 *
 * Resolves after `signal` when the attempts in flight have ended; never rejects.
 */
export async function runLane(
  deps: MessageDeps,
  settings: LaneSettings,
  partnerId: string,
  signal: AbortSignal,
): Promise<void> {
  const log = deps.log.with({ partner_id: partnerId });
  const handle = messageHandler({ ...deps, log }, settings);
  const inFlight = new Set<Promise<void>>();
  let consumer: Consumer | undefined;

  function start(message: JsMsg): void {
    const delivery = handle(message, signal);
    inFlight.add(delivery);
    void delivery.finally(() => inFlight.delete(delivery));
  }

  async function pullOnce(): Promise<void> {
    consumer ??= await openLaneConsumer(deps.bus, partnerId, settings.maxAckPending);
    while (inFlight.size >= settings.laneConcurrency) await Promise.race(inFlight);
    try {
      const maxMessages = settings.laneConcurrency - inFlight.size;
      const options = { maxMessages, expiresMs: PULL_MS };
      for await (const message of pull(consumer, options, signal)) start(message);
    } catch (error) {
      consumer = undefined;
      throw error;
    }
  }

  await repeat({ ...deps, log }, { name: "lane", everyMs: 0, work: pullOnce }).run(signal);
  await within(Promise.all(inFlight), settings.attemptTimeoutMs + SETTLE_MS, deps.clock);
}

/** Waits for the work, but no longer than that. */
async function within(
  work: Promise<unknown>,
  maxMs: number,
  clock: MessageDeps["clock"],
): Promise<void> {
  const ended = new AbortController();
  void work.finally(() => ended.abort());
  await clock.sleep(maxMs, ended.signal);
}
