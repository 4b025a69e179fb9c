import { toErrorText } from "../../../shared/errors.ts";
import * as v from "valibot";
import type { Clock } from "../../../shared/clock.ts";
import type { MailEvent } from "../../../shared/users/events.ts";
import { identifyEvent } from "../record/attempt-record.ts";
import type { OpenPast } from "./past.ts";
import type { Recorder } from "../record/recorder.ts";

/** A message of EVENTS that was delivered to this instance. */
export interface Taken {
  subject: string;
  /** `Nats-Msg-Id`: the event id, and the occasion of its publication, if any. */
  id: string;
  seq: number;
  data: Uint8Array;
  /** When NATS stored it, in milliseconds since the epoch. */
  storedAtMs: number;
  /** How often NATS has delivered it, including this time. */
  deliveries: number;
  /** Names the trace of its publication, if it is traced. */
  traceparent: string | null;
}

/**
 * How many more deliveries than attempts an event may have: an outage can explain such a
 * difference. With a larger difference, the event is suspicious, and each further take of it is
 * recorded.
 */
const UNEXPLAINED = 20;
/**
 * The number of recorded takes in a row, without a record of what followed, that makes an event
 * fatal.
 */
const MAX_TAKES = 5;

const isSuspicious = (taken: Taken, { attempts }: OpenPast) =>
  taken.deliveries - attempts > UNEXPLAINED;

/** Returns whether an event seems to crash every process that handles it. */
export const isFatal = ({ takes }: OpenPast) => takes >= MAX_TAKES;

export interface WatchedTake {
  event: MailEvent;
  taken: Taken;
  past: OpenPast;
  /** Aborts when the lane stops. */
  signal: AbortSignal;
}

/**
 * Makes an attempt. A suspicious event was delivered much more often than it was attempted: its
 * take is recorded before the attempt, and the count is set back to 0 if an outage prevented the
 * attempt. If the process crashes during the attempt, the recorded count remains.
 */
export async function watchTake<T>(
  deps: { recorder: Recorder; clock: Clock },
  { event, taken, past, signal }: WatchedTake,
  work: () => Promise<T>,
): Promise<T> {
  if (!isSuspicious(taken, past)) return work();
  const say = (takes: number, lastError: string | null) =>
    deps.recorder.record(
      {
        ...identifyEvent(event),
        event_seq: taken.seq,
        outcome: "taken",
        takes,
        attempts: past.attempts,
        last_error: lastError,
        taken_at_ms: deps.clock.now(),
      },
      signal,
    );
  await say(past.takes + 1, past.lastError);
  try {
    return await work();
  } catch (error) {
    await (isBug(error) ? say(past.takes + 1, toErrorText(error)) : say(0, past.lastError));
    throw error;
  }
}

/** Whether the error occurs again each time, unlike an outage of NATS or PostgreSQL. */
const isBug = (error: unknown) =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof SyntaxError ||
  error instanceof ReferenceError ||
  v.isValiError(error);
