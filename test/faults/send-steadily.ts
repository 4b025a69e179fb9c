import { setTimeout as delay } from "node:timers/promises";

const TICK_MS = 20;

/**
 * Calls `send` so that this many mails are sent per second, until the signal aborts. If the machine
 * was too busy, the next call sends more mails.
 */
export async function sendSteadily(
  perSecond: number,
  send: (count: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const startMs = performance.now();
  for (let done = 0; !signal.aborted;) {
    const due = Math.floor(((performance.now() - startMs) / 1_000) * perSecond);
    send(due - done);
    done = due;
    await delay(TICK_MS, undefined, { signal }).catch(() => undefined);
  }
}
