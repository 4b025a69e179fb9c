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
  /** The `Nats-Msg-Id`: the event id, followed by the occasion of its publication, if any. */
  id: string;
  seq: number;
  data: Uint8Array;
  /** When NATS stored the message, in milliseconds since the epoch. */
  storedAtMs: number;
  /** How often NATS has delivered the message, including this time. */
  deliveries: number;
  /** The `traceparent` header of the message; null if the event is not traced. */
  traceparent: string | null;
}

/**
 * An event is suspicious after more than this many deliveries by NATS without an attempt. Outages
 * can explain fewer. A suspicious event may crash each process, so a _take_ is recorded before each
 * further attempt.
 */
const UNEXPLAINED = 20;
/** After this many takes in a row without a recorded result, an event is fatal. */
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
 * Makes an attempt. For a suspicious event, first records a take. A crash or a bug during the
 * attempt leaves the take counted. An outage sets the count back to 0.
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

/**
 * Returns whether the error will occur at every attempt, unlike an outage of NATS or PostgreSQL.
 */
const isBug = (error: unknown) =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof SyntaxError ||
  error instanceof ReferenceError ||
  v.isValiError(error);
