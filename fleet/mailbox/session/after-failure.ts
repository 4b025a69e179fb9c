import { reconnectDelayMs } from "../../../shared/concurrency/backoff.ts";
import type { ReasonCode } from "../../../shared/users/reasons.ts";
import type { SessionFailure } from "../imap/failures/failure.ts";

/** How long to wait before the next session, and the user's state until then. */
export interface Aftermath {
  state: "backoff" | "unreachable" | "auth_failed";
  delayMs: number;
}

/** Counts of the sessions that have failed in a row. */
export interface Failures {
  errors: number;
  /** How many failures in a row have had the reason of the last failure. */
  repeats: number;
  reason: ReasonCode | null;
  /** How many failures in a row were refusals of the credentials. 0 if the last one was not. */
  refusals: number;
}

export const NO_SESSION_FAILURES: Failures = { errors: 0, repeats: 0, reason: null, refusals: 0 };

/**
 * A session that watched its mailbox counts as good if it lasted longer than this. After a good
 * session, failures are counted from zero.
 */
const GOOD_SESSION_MS = 60_000;

/** How a session ended. */
export interface SessionEnd {
  reason: ReasonCode;
  isRefusal: boolean;
  /**
   * Whether the mailbox was read up to the present. If not, a long session is no success: the
   * server may only have kept it waiting.
   */
  hasWatched: boolean;
  lastedMs: number;
}

/** Adds one more failed session to the counts, and returns the new counts. */
export function countFailure(before: Failures, end: SessionEnd): Failures {
  const { reason, isRefusal } = end;
  const isGood = end.hasWatched && end.lastedMs > GOOD_SESSION_MS;
  const { errors, repeats, refusals } = isGood ? NO_SESSION_FAILURES : before;
  const isSame = !isGood && reason === before.reason;
  return {
    errors: errors + 1,
    repeats: isSame ? repeats + 1 : 1,
    reason,
    refusals: isRefusal ? refusals + 1 : 0,
  };
}

/** A session that failed. The counts of failures include this session. */
export interface EndedSession extends Omit<Failures, "reason"> {
  /** Null when neither the mail server nor the provider is the cause, for example after a bug. */
  failure: SessionFailure | null;
  /** How long the server asked us to wait; null if it did not ask. */
  retryAfterMs: number | null;
  /**
   * Whether the session ended because a message could not be fetched. If so, the next session
   * should begin soon, to find out which message it is. Later messages wait until then.
   */
  isHunting: boolean;
  /**
   * How long to wait before a second login, if the first refusal may be a mistake of the server.
   * Null if the first refusal is final.
   */
  confirmRefusalMs: number | null;
}

/**
 * After refused credentials, the wait before the next session is MIN_AUTH_RETRY_MS at first. It
 * doubles each time, up to MAX_AUTH_RETRY_MS. Providers lock accounts that try too often.
 */
const MIN_AUTH_RETRY_MS = 60_000;
const MAX_AUTH_RETRY_MS = 60 * 60_000;
/** The longest wait for a server that asks us to wait. */
const MAX_RETRY_AFTER_MS = 60 * 60_000;
/**
 * When a session could not fetch a message, the next session begins after at most HUNT_DELAY_MS.
 * After more than MAX_HUNTS failed sessions in a row, the normal delay applies. Four sessions
 * suffice to find the message.
 */
const MAX_HUNTS = 4;
const HUNT_DELAY_MS = 2_000;
/**
 * After this many failures "authenticated but not connected" in a row, the user's state is
 * auth_failed. Fewer failures are not enough: Exchange sometimes sends this text during a short
 * outage.
 */
const MAX_NOT_CONNECTED = 3;

/**
 * Decides the state of a user and the delay before the next session.
 * @param random Uniform in [0, 1).
 */
export function afterSessionFailure(session: EndedSession, random: () => number): Aftermath {
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

function stateAfter(failure: SessionFailure | null, repeats: number): Aftermath["state"] {
  if (failure === null) return "backoff";
  if (failure.reason === "authenticated_not_connected" && repeats >= MAX_NOT_CONNECTED) {
    return "auth_failed";
  }
  return failure.kind === "transient" ? "backoff" : failure.kind;
}
