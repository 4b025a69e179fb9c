import { reconnectDelayMs } from "../../../shared/concurrency/backoff.ts";
import type { ReasonCode } from "../../../shared/users/reasons.ts";
import type { Failure } from "../imap/failures/failure.ts";

/** What the next session waits for, and what is said of the user meanwhile. */
export interface Aftermath {
  state: "backoff" | "unreachable" | "auth_failed";
  delayMs: number;
}

/** The sessions that have failed in a row. */
export interface Failures {
  errors: number;
  /** How many of them, up to the last one, for the same reason. */
  repeats: number;
  reason: ReasonCode | null;
  /** How many of them, up to the last one, since the server refused the credentials. */
  refusals: number;
}

export const NO_FAILURES: Failures = { errors: 0, repeats: 0, reason: null, refusals: 0 };

/** A session that watched its mailbox and lasted this long was a good one: the count starts over. */
const GOOD_SESSION_MS = 60_000;

/** How a session came to its end. */
export interface SessionEnd {
  reason: ReasonCode;
  isRefusal: boolean;
  /** The mailbox was read up to now: a server may also keep one waiting for minutes, and open none. */
  hasWatched: boolean;
  lastedMs: number;
}

export function countFailure(before: Failures, end: SessionEnd): Failures {
  const { reason, isRefusal } = end;
  const isGood = end.hasWatched && end.lastedMs > GOOD_SESSION_MS;
  const { errors, repeats, refusals } = isGood ? NO_FAILURES : before;
  const isSame = !isGood && reason === before.reason;
  return {
    errors: errors + 1,
    repeats: isSame ? repeats + 1 : 1,
    reason,
    refusals: isRefusal ? refusals + 1 : 0,
  };
}

/** With the counts up to this one. */
export interface EndedSession extends Omit<Failures, "reason"> {
  /** Null when it was no fault of the server: a bug, or a secret that does not open. */
  failure: Failure | null;
  /** When the server wants to be asked again, if it said so. */
  retryAfterMs: number | null;
  /** It ended by a message that cannot be fetched; those behind it should not wait for long. */
  isHunting: boolean;
  /** A first refusal may be a whim of the server: the next try after so long decides. Null: it does not. */
  confirmRefusalMs: number | null;
}

/** Refused credentials do not get better by asking: providers lock accounts that are asked too often. */
const MIN_AUTH_RETRY_MS = 60_000;
const MAX_AUTH_RETRY_MS = 60 * 60_000;
/** Whatever a server says. */
const MAX_RETRY_AFTER_MS = 60 * 60_000;
/** A message that ends each session is found in four. */
const MAX_HUNTS = 4;
const HUNT_DELAY_MS = 2_000;
/** Exchange says "authenticated but not connected" at times for a moment; then it is no news. */
const MAX_NOT_CONNECTED = 3;

/**
 * @param random Uniform in [0, 1).
 */
export function afterFailure(session: EndedSession, random: () => number): Aftermath {
  const { failure, errors, repeats, refusals, retryAfterMs, isHunting } = session;
  const backoffMs = reconnectDelayMs(errors, random);
  const state = stateAfter(failure, repeats);
  if (state === "auth_failed") {
    const spread = 1 + 0.2 * random();
    if (refusals === 1 && session.confirmRefusalMs !== null)
      return { state: "backoff", delayMs: Math.round(session.confirmRefusalMs * spread) };
    const growingMs = Math.min(MIN_AUTH_RETRY_MS * 2 ** (repeats - 1), MAX_AUTH_RETRY_MS);
    return { state, delayMs: Math.round(growingMs * spread) };
  }
  if (isHunting && errors <= MAX_HUNTS) {
    return { state, delayMs: Math.min(backoffMs, HUNT_DELAY_MS) };
  }
  const askedMs = Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS);
  return { state, delayMs: Math.max(backoffMs, askedMs) };
}

function stateAfter(failure: Failure | null, repeats: number): Aftermath["state"] {
  if (failure === null) return "backoff";
  if (failure.reason === "authenticated_not_connected" && repeats >= MAX_NOT_CONNECTED) {
    return "auth_failed";
  }
  return failure.kind === "transient" ? "backoff" : failure.kind;
}
