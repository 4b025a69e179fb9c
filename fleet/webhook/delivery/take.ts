import { messageOf } from "../../../shared/errors.ts";
import * as v from "valibot";
import type { Clock } from "../../../shared/clock.ts";
import type { MailEvent } from "../../../shared/users/events.ts";
import { subjectOf } from "../record/attempt-record.ts";
import type { OpenPast } from "./past.ts";
import type { Recorder } from "../record/recorder.ts";

/** A message of EVENTS, given to this instance. */
export interface Taken {
  subject: string;
  /** `Nats-Msg-Id`: the event id, and the occasion of its publication. */
  id: string;
  seq: number;
  data: Uint8Array;
  /** When NATS stored it, in milliseconds since the epoch. */
  storedAtMs: number;
  /** How often it was given to somebody, this time included. */
  deliveries: number;
  /** Of the trace that its publication belongs to, if any. */
  traceparent: string | null;
}

/** Deliveries beyond the attempts on record: an outage explains a few. From then on each is watched. */
const UNEXPLAINED = 20;
/** So many watched ones in a row, none of which said what followed. */
const MAX_TAKES = 5;

const isSuspicious = (taken: Taken, { attempts }: OpenPast) =>
  taken.deliveries - attempts > UNEXPLAINED;

/** Whether an event ends whoever handles it, again and again. */
export const isFatal = ({ takes }: OpenPast) => takes >= MAX_TAKES;

export interface WatchedTake {
  event: MailEvent;
  taken: Taken;
  past: OpenPast;
  /** Aborts when the lane stops. */
  signal: AbortSignal;
}

/**
 * Makes an attempt. Of an event that was given out suspiciously often it says so first, and takes that
 * back when the attempt was merely put off: what remains of a process that dies in it is a count. A
 * take that comes to no attempt is not watched, and so counts for nothing.
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
        ...subjectOf(event),
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
    await (isBug(error) ? say(past.takes + 1, messageOf(error)) : say(0, past.lastError));
    throw error;
  }
}

/** What fails the same way each time; an outage of NATS or PostgreSQL passes. */
const isBug = (error: unknown) =>
  error instanceof TypeError ||
  error instanceof RangeError ||
  error instanceof SyntaxError ||
  error instanceof ReferenceError ||
  v.isValiError(error);
