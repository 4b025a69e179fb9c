import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 20;
/**
 * The default time limit. It can be set to a shorter time while writing a test that may still fail.
 */
const PATIENCE_MS = Number(process.env["PATIENCE_MS"] ?? 60_000);

/**
 * Calls `ask` until the result is not undefined. Fails after `timeoutMs` with the name of the
 * expected event. The limit only allows for busy machines; tests do not assert it.
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
