import type { Consumer, JsMsg } from "@nats-io/jetstream";
import type { Clock } from "../../../shared/clock.ts";
import type { Order } from "./order.ts";
import { pull, type PullOptions } from "./pull.ts";

export interface Signals {
  /** Ends the pull, a little later; aborts with the lane, too. */
  interrupted: AbortSignal;
  /** Ends the lane. */
  stopped: AbortSignal;
}

/**
 * What is on its way to a pull that is closed comes again only after ack_wait. So a pull that is not
 * wanted any more is closed when it has been so for this time, and what comes meanwhile is handed back.
 */
export const CLOSING_MS = 300;

/** A lane's messages that are under way. */
export interface Deliveries {
  /** Pulls once and starts what comes, without waiting for its end. */
  take(from: Consumer, options: PullOptions, signals: Signals): Promise<void>;
  /** Those that do not merely wait for another of their user. */
  attempting(): number;
  /** Resolves when one of them has ended, or all. */
  untilOne(): Promise<unknown>;
  untilAll(): Promise<unknown>;
}

export function createDeliveries(
  clock: Clock,
  handle: (message: JsMsg, stopped: AbortSignal) => Promise<unknown>,
  order: Pick<Order, "waiting">,
): Deliveries {
  const underWay = new Set<Promise<unknown>>();

  function start(message: JsMsg, stopped: AbortSignal): void {
    const delivery = handle(message, stopped);
    underWay.add(delivery);
    void delivery.finally(() => underWay.delete(delivery));
  }

  return {
    async take(from, options, { interrupted, stopped }) {
      if (interrupted.aborted) return;
      const closing = new AbortController();
      const closeSoon = () =>
        void clock.sleep(CLOSING_MS, closing.signal).then(() => closing.abort());
      interrupted.addEventListener("abort", closeSoon);
      try {
        const messages = pull(from, options, closing.signal);
        for await (const message of messages) start(message, stopped);
      } finally {
        interrupted.removeEventListener("abort", closeSoon);
        closing.abort();
      }
    },
    attempting: () => underWay.size - order.waiting,
    untilOne: () => Promise.race(underWay),
    untilAll: () => Promise.all(underWay),
  };
}
