import { reconnectDelayMs } from "../../../shared/backoff.ts";
import type { ReasonCode } from "../../../shared/reasons.ts";
import type { Failure } from "../imap/failure.ts";

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
}

export const NO_FAILURES: Failures = { errors: 0, repeats: 0, reason: null };

/** A session that lasted this long was a good one: the count begins anew. */
const GOOD_SESSION_MS = 60_000;

export function countFailure(before: Failures, reason: ReasonCode, lastedMs: number): Failures {
  if (lastedMs > GOOD_SESSION_MS) return { errors: 1, repeats: 1, reason };
  const repeats = reason === before.reason ? before.repeats + 1 : 1;
  return { errors: before.errors + 1, repeats, reason };
}

/** With the counts up to this one. */
export interface EndedSession extends Omit<Failures, "reason"> {
  /** Null when it was no fault of the server: a bug, or a secret that does not open. */
  failure: Failure | null;
  /** When the server wants to be asked again, if it said so. */
  retryAfterMs: number | null;
  /** It ended by a message that cannot be fetched; those behind it should not wait for long. */
  isHunting: boolean;
}

/** Refused credentials do not get better by asking: providers lock accounts that are asked too often. */
const MIN_AUTH_RETRY_MS = 60_000;
const MAX_AUTH_RETRY_MS = 60 * 60_000;
/** A message that ends each session is found in four. */
const MAX_HUNTS = 4;
const HUNT_DELAY_MS = 2_000;
/** Exchange says "authenticated but not connected" at times for a moment; then it is no news. */
const MAX_NOT_CONNECTED = 3;

/**
 * @param random Uniform in [0, 1).
 */
export function afterFailure(session: EndedSession, random: () => number): Aftermath {
  const { failure, errors, repeats, retryAfterMs, isHunting } = session;
  const backoffMs = reconnectDelayMs(errors, random);
  const state = stateAfter(failure, repeats);
  if (state === "auth_failed") {
    const growingMs = Math.min(MIN_AUTH_RETRY_MS * 2 ** (repeats - 1), MAX_AUTH_RETRY_MS);
    return { state, delayMs: Math.round(growingMs * (1 + 0.2 * random())) };
  }
  if (isHunting && errors <= MAX_HUNTS) {
    return { state, delayMs: Math.min(backoffMs, HUNT_DELAY_MS) };
  }
  return { state, delayMs: Math.max(backoffMs, retryAfterMs ?? 0) };
}

function stateAfter(failure: Failure | null, repeats: number): Aftermath["state"] {
  if (failure === null) return "backoff";
  if (failure.reason === "authenticated_not_connected" && repeats >= MAX_NOT_CONNECTED) {
    return "auth_failed";
  }
  return failure.kind === "transient" ? "backoff" : failure.kind;
}
