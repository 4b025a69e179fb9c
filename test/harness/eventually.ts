import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 20;
/** Shorter while a test is being written that may wait in vain. */
const PATIENCE_MS = Number(process.env["PATIENCE_MS"] ?? 60_000);

/**
 * Asks until the answer is not undefined. Fails after `timeoutMs`, naming what was waited for: patience for a
 * machine that is busy, no limit that a test asserts.
 */
export async function eventually<T>(
  what: string,
  ask: () => T | undefined | Promise<T | undefined>,
  timeoutMs = PATIENCE_MS,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Waited in vain for ${what}`);
    await delay(POLL_MS);
  }
}
