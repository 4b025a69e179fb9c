import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 20;
/** The default time limit. A developer can set a shorter one while a new test still fails. */
const PATIENCE_MS = Number(process.env["PATIENCE_MS"] ?? 60_000);

/**
 * Calls `ask` until it returns a value other than undefined. After `timeoutMs`, fails with a
 * message that names `what`. The default time is long, because machines may be busy. Do not use it
 * to check how fast the product is.
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
