import { setUserState, setWatching } from "../../db/user-states.ts";
import { reconnectDelayMs } from "../../shared/backoff.ts";
import { messageOf } from "../../shared/errors.ts";
import { type Failure, ImapError } from "./failure.ts";
import { MessageNotFetched } from "./fetch-patiently.ts";
import { runSession, type SessionDeps, type SessionSettings } from "./session.ts";
import type { WatchedUser } from "./watch-mailbox.ts";

/** A session that lasted this long was a good one: the count of errors begins anew. */
const GOOD_SESSION_MS = 60_000;
/** A refused password does not get better by asking: providers lock accounts that are asked too often. */
const MIN_AUTH_RETRY_MS = 60_000;
/** A message that ends each session is found in four: those behind it should not wait for long. */
const MAX_HUNTS = 4;
const HUNT_DELAY_MS = 2_000;

/** Keeps a user watched, session after session with back-off between them, until `signal` aborts. */
export async function watchUser(
  deps: SessionDeps,
  settings: SessionSettings,
  user: Omit<WatchedUser, "onWatching">,
  signal: AbortSignal,
): Promise<void> {
  const { userId, partnerId } = user.account();
  const log = deps.log.with({ user_id: userId, partner_id: partnerId });
  const record = (writing: Promise<void>) =>
    writing.catch((error: unknown) =>
      log.warn("user_state.not_recorded", { error: messageOf(error) }),
    );

  let errors = 0;
  while (!signal.aborted) {
    const startedMs = deps.clock.now();
    try {
      const onWatching = () => void record(setWatching(deps.db, userId));
      await runSession(deps, settings, { ...user, onWatching }, signal);
    } catch (error) {
      if (signal.aborted) return;
      const failure = failureOf(error);
      const lastedMs = deps.clock.now() - startedMs;
      errors = lastedMs > GOOD_SESSION_MS ? 1 : errors + 1;
      const delayMs = retryDelayMs(error, errors, deps.clock.random);
      const level = failure === null ? "error" : "info";
      log[level]("session.ended", {
        reason: failure?.reason ?? "internal",
        error: messageOf(error),
        error_code: codeOf(error),
        errors,
        lasted_ms: lastedMs,
        retry_ms: delayMs,
      });
      await record(
        setUserState(deps.db, userId, stateAfter(failure), failure?.reason ?? "internal"),
      );
      await deps.clock.sleep(delayMs, signal);
    }
  }
}

/** Null when it was no fault of the server: a bug, or a secret that does not open. */
const failureOf = (error: unknown): Failure | null =>
  error instanceof ImapError ? error.failure : null;

/** The code of what the library threw: no text of the server's, which may hold an address. */
function codeOf(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}

function stateAfter(failure: Failure | null): "auth_failed" | "unreachable" | "backoff" {
  return failure === null || failure.kind === "transient" ? "backoff" : failure.kind;
}

function retryDelayMs(error: unknown, errors: number, random: () => number): number {
  const delayMs = reconnectDelayMs(errors, random);
  if (error instanceof MessageNotFetched && errors <= MAX_HUNTS) {
    return Math.min(delayMs, HUNT_DELAY_MS);
  }
  return failureOf(error)?.kind === "auth_failed" ? Math.max(delayMs, MIN_AUTH_RETRY_MS) : delayMs;
}
