import { EventEmitter, on } from "node:events";
import type { IncomingHttpHeaders } from "node:http";

export interface Received {
  /** The number of the webhook. It counts from 1 and is never reset. */
  n: number;
  received_at: string;
  path: string;
  headers: IncomingHttpHeaders;
  /** The exact text of the body. */
  body: string;
  /** Whether the signature in the body and the signature in the headers are right. */
  verified: boolean;
}

const KEPT = 10_000;

/** Creates an inbox. It keeps the newest webhooks and calls listeners for each new one. */
export function newInbox() {
  const kept: Received[] = [];
  const arrivals = new EventEmitter<{ received: [Received] }>();
  arrivals.setMaxListeners(0);
  let count = 0;

  const after = (n: number) => kept.slice(Math.max(0, kept.length - (count - n)));

  return {
    add(webhook: Omit<Received, "n" | "received_at">): void {
      count += 1;
      const received = { n: count, received_at: new Date().toISOString(), ...webhook };
      kept.push(received);
      if (kept.length > KEPT) kept.shift();
      arrivals.emit("received", received);
    },
    after: (n: number): Received[] => (n >= count ? [] : after(n)),
    listen(onReceived: (webhook: Received) => void, signal: AbortSignal): void {
      arrivals.on("received", onReceived);
      signal.addEventListener("abort", () => arrivals.off("received", onReceived), { once: true });
    },
    async waitFor(matches: (webhook: Received) => boolean, signal: AbortSignal): Promise<Received> {
      const there = kept.find(matches);
      if (there) return there;
      for await (const [received] of on(arrivals, "received", { signal })) {
        if (matches(received)) return received;
      }
      throw new Error("Cannot wait for a webhook: the sink is closed");
    },
  };
}
