import type { Consumer, JsMsg } from "@nats-io/jetstream";
import type { Bus } from "../../bus/bus.ts";
import type { Order } from "./order.ts";
import { pull, type PullOptions } from "../../bus/pull.ts";

export interface Signals {
  /** Aborts when the pull must end, and when the lane stops. */
  interrupted: AbortSignal;
  /** Aborts when the lane stops. */
  stopped: AbortSignal;
}

/** The messages of a lane that are being delivered. */
export interface Deliveries {
  /** Pulls once and starts a delivery for each message. Does not wait for the deliveries to end. */
  take(from: Consumer, options: PullOptions, signals: Signals): Promise<void>;
  /**
   * Returns how many events are being delivered, not counting events that wait for another event of
   * their user.
   */
  attempting(): number;
  /** Resolves when any of the deliveries has ended. */
  untilOne(): Promise<unknown>;
  untilAll(): Promise<unknown>;
}

/** Creates the deliveries of one lane. `handle` must not reject. */
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
