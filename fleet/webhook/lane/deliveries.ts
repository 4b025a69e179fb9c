import type { Consumer, JsMsg } from "@nats-io/jetstream";
import type { Bus } from "../../bus/bus.ts";
import type { Order } from "./order.ts";
import { pull, type PullOptions } from "../../bus/pull.ts";

export interface Signals {
  /** Ends the pull; aborts with the lane, too. */
  interrupted: AbortSignal;
  /** Ends the lane. */
  stopped: AbortSignal;
}

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
  bus: Pick<Bus, "connection">,
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
      const messages = pull(bus, from, options, interrupted);
      for await (const message of messages) start(message, stopped);
    },
    attempting: () => underWay.size - order.waiting,
    untilOne: () => Promise.race(underWay),
    untilAll: () => Promise.all(underWay),
  };
}
