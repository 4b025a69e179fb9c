import {
  moveUser,
  setAuthFailed,
  setConnected,
  setWatching,
} from "../../../db/users/user-states.ts";
import { toErrorText } from "../../../shared/errors.ts";
import { newId } from "../../../shared/ids.ts";
import type { Log } from "../../../shared/log.ts";
import type { ReasonCode } from "../../../shared/users/reasons.ts";
import { sha1Hex } from "../../../shared/mail/rfc822.ts";
import { TokenError } from "../../tokens/token-error.ts";
import type { Account } from "../login/account.ts";
import {
  afterSessionFailure,
  type Aftermath,
  countFailure,
  NO_SESSION_FAILURES,
} from "./after-failure.ts";
import { ImapError } from "../imap/failures/imap-error.ts";
import { MessageNotFetched } from "../imap/fetch/fetch-patiently.ts";
import { Probation } from "./probation.ts";
import { runSession, type SessionDeps, type SessionSettings } from "./session.ts";
import type { MailboxUser } from "./watching/watch.ts";

/**
 * Keeps a user watched, session after session with back-off between them, until `signal` aborts.
 */
export async function watchUser(
  deps: SessionDeps,
  settings: SessionSettings,
  user: Omit<MailboxUser, "onWatching">,
  signal: AbortSignal,
): Promise<void> {
  const { userId, partnerId, isNew } = user.account();
  const log = deps.log.with({ user_id: userId, partner_id: partnerId });
  const record = (writing: Promise<void>) =>
    writing.catch((error: unknown) =>
      log.warn("user_state.not_recorded", { error: toErrorText(error) }),
    );
  if (isNew) await record(moveUser(deps.db, user.account(), "connecting", null));

  const probation = new Probation(deps, user, log);
  let failures = NO_SESSION_FAILURES;
  /** Identifies the credentials with which this loop last watched a mailbox. */
  let proven: string | undefined;
  while (await probation.mayBegin(signal)) {
    const startedMs = deps.clock.now();
    let hasWatched = false;
    try {
      const onWatching = () => {
        hasWatched = true;
        proven = credentialsName(user.account());
        void record(saveWatching(deps, user.account()));
      };
      await runSession(deps, settings, { ...user, onWatching }, signal);
      failures = NO_SESSION_FAILURES;
      await probation.pass();
    } catch (error) {
      if (error instanceof ImapError && error.isHarm) {
        logEnd(log, error, { errors: failures.errors, lasted_ms: deps.clock.now() - startedMs });
        await probation.addHarm(error.failure.reason, signal);
        continue;
      }
      await probation.pass();
      if (signal.aborted) return;
      const lastedMs = deps.clock.now() - startedMs;
      const reason = findReason(error);
      const why = explainFailure(error);
      const isRefusal = why.failure?.kind === "auth_failed";
      failures = countFailure(failures, { reason, isRefusal, hasWatched, lastedMs });
      const mayBeGood = error instanceof ImapError && areTrusted(user.account(), proven);
      const confirmRefusalMs = mayBeGood ? settings.confirmRefusalMs : null;
      const after = afterSessionFailure(
        { ...why, ...failures, confirmRefusalMs },
        deps.clock.random,
      );
      logEnd(log, error, { errors: failures.errors, lasted_ms: lastedMs, retry_ms: after.delayMs });
      await record(saveState(deps, user.account(), after.state, reason));
      await deps.clock.sleep(after.delayMs, signal);
    }
  }
}

const credentialsName = ({ credentialsAt }: Account) => String(credentialsAt?.getTime());

/**
 * Returns whether a first refusal may be a mistake of the server. It may be one if the credentials
 * have worked before, or if the provider has just issued the access token.
 */
const areTrusted = (account: Account, proven: string | undefined) =>
  account.hasWorked || proven === credentialsName(account) || account.login.kind === "oauth2";

/** Returns the failure if the mail server or the provider caused the error; otherwise null. */
const findFailure = (error: unknown) =>
  error instanceof ImapError || error instanceof TokenError ? error.failure : null;

const findReason = (error: unknown): ReasonCode => findFailure(error)?.reason ?? "internal";

const explainFailure = (error: unknown) => ({
  failure: findFailure(error),
  retryAfterMs:
    error instanceof TokenError || error instanceof ImapError ? error.retryAfterMs : null,
  isHunting: error instanceof MessageNotFetched,
});

async function saveState(
  { db, clock }: SessionDeps,
  account: Account,
  state: Aftermath["state"],
  reason: ReasonCode,
): Promise<void> {
  if (state !== "auth_failed") return moveUser(db, account, state, reason);
  const event = {
    ...newUserEvent(account, clock.now()),
    kind: "user_auth_failed",
    reason,
  } as const;
  return setAuthFailed(db, account, event, reason);
}

async function saveWatching({ db, clock }: SessionDeps, account: Account): Promise<void> {
  const isNew = await setWatching(db, account);
  if (!isNew) return;
  const event = { ...newUserEvent(account, clock.now()), kind: "user_connected" } as const;
  await setConnected(db, account, event);
}

/** Returns the fields that every kind of event about a user has. */
const newUserEvent = (account: Account, nowMs: number) => ({
  id: newId("evt", nowMs),
  partner_id: account.partnerId,
  user_id: account.userId,
  user_tag: account.tag,
  imap_provider_code: account.providerCode,
  created_at_ms: nowMs,
  sha1: sha1Hex(account.tag),
});

function logEnd(
  log: Log,
  error: unknown,
  counts: { errors: number; lasted_ms: number; retry_ms?: number },
): void {
  log[findFailure(error) === null ? "error" : "info"]("session.ended", {
    reason: findReason(error),
    error: toErrorText(error),
    error_code: readCauseCode(error),
    ...counts,
  });
}

/**
 * Returns the code of the error that caused this one. Never returns text from the server, which may
 * contain an address.
 */
function readCauseCode(error: unknown): string | undefined {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause ? String(cause.code) : undefined;
}
