import { reconnectDelayMs } from "../../shared/backoff.ts";
import type { Failure } from "./failure.ts";

/** What the next session waits for, and what is said of the user meanwhile. */
export interface Aftermath {
  state: "backoff" | "unreachable" | "auth_failed";
  delayMs: number;
}

export interface EndedSession {
  /** Null when it was no fault of the server: a bug, or a secret that does not open. */
  failure: Failure | null;
  /** How many sessions in a row have failed, this one included. */
  errors: number;
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
  const { failure, errors, retryAfterMs, isHunting } = session;
  const backoffMs = reconnectDelayMs(errors, random);
  const state = stateAfter(failure, errors);
  if (state === "auth_failed") {
    const growingMs = Math.min(MIN_AUTH_RETRY_MS * 2 ** (errors - 1), MAX_AUTH_RETRY_MS);
    return { state, delayMs: Math.round(growingMs * (1 + 0.2 * random())) };
  }
  if (isHunting && errors <= MAX_HUNTS) {
    return { state, delayMs: Math.min(backoffMs, HUNT_DELAY_MS) };
  }
  return { state, delayMs: Math.max(backoffMs, retryAfterMs ?? 0) };
}

function stateAfter(failure: Failure | null, errors: number): Aftermath["state"] {
  if (failure === null) return "backoff";
  if (failure.reason === "authenticated_not_connected" && errors >= MAX_NOT_CONNECTED) {
    return "auth_failed";
  }
  return failure.kind === "transient" ? "backoff" : failure.kind;
}
