import type { Clock } from "../../shared/clock.ts";
import { ackFloorOf } from "../bus/ack-floor.ts";
import type { Bus } from "../bus/bus.ts";
import { ATTEMPTS, ATTEMPTS_CONSUMER } from "../bus/subjects.ts";

const POLL_MS = 250;

/**
 * Waits until every attempt that was made before the call is written into PostgreSQL. An attempt is
 * stored in ATTEMPTS before its event is acknowledged and its body deleted, so what is gone from NATS
 * and has no end on record after this wait was not delivered.
 *
 * @returns false when that took longer than `maxMs`, or `signal` aborted.
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
    if ((await ackFloorOf(bus, ATTEMPTS, ATTEMPTS_CONSUMER)) >= state.last_seq) return true;
    await clock.sleep(POLL_MS, signal);
  }
  return false;
}
