import type { Clock } from "../../shared/clock.ts";
import { readAckFloor } from "../bus/ack-floor.ts";
import type { Bus } from "../bus/bus.ts";
import { ATTEMPTS, ATTEMPTS_CONSUMER } from "../bus/subjects.ts";

const POLL_MS = 250;

/**
 * Waits until all attempts from before the call are written to PostgreSQL. An attempt is stored in
 * ATTEMPTS before its event is acknowledged. So after this wait, an event was not delivered if NATS
 * lacks it and no record shows its end.
 *
 * @returns false when it takes longer than `maxMs`, or `signal` aborts.
 */
export async function attemptsAreWritten(
  { bus, clock }: { bus: Bus; clock: Clock },
  maxMs: number,
  signal: AbortSignal,
): Promise<boolean> {
  const { state } = await bus.jsm.streams.info(ATTEMPTS);
  if (state.messages === 0) return true;
  const deadlineMs = clock.now() + maxMs;
  while (!signal.aborted && clock.now() <= deadlineMs) {
    if ((await readAckFloor(bus, ATTEMPTS, ATTEMPTS_CONSUMER)) >= state.last_seq) return true;
    await clock.sleep(POLL_MS, signal);
  }
  return false;
}
