import type { Clock } from "../../shared/clock.ts";
import { readAckFloor } from "../bus/ack-floor.ts";
import type { Bus } from "../bus/bus.ts";
import { ATTEMPTS, ATTEMPTS_CONSUMER } from "../bus/subjects.ts";

const POLL_MS = 250;

/**
 * Waits until every attempt that was made before the call is written to PostgreSQL. An attempt is
 * stored in ATTEMPTS before its event is acknowledged and its body deleted. So after this wait, if
 * an event is missing in NATS and no record says how its delivery ended, it was not delivered.
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
