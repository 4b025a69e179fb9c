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
  type Failures,
  NO_SESSION_FAILURES,
} from "./after-failure.ts";
import { ImapError } from "../imap/failures/imap-error.ts";
import { MessageNotFetched } from "../imap/fetch/fetch-patiently.ts";
import { Probation } from "./probation.ts";
import type { LostMail } from "./refetches.ts";
import {
  runSession,
  type UserSession,
  type SessionDeps,
  type SessionSettings,
  type SessionUser,
} from "./session.ts";
import { newUserMemory } from "./user-memory.ts";

/**
 * Keeps a user watched, session after session with back-off between them, until `stop()`.
 *
 * `#work()` returns when an IdleWatch watches the mailbox. Then the user costs little memory: no
 * function waits, and there is no signal. `#work()` runs again when the IdleWatch has ended, at
 * `wake()`, and at `stop()`. It never runs twice at the same time. Until `stop()`, either it runs or
 * an IdleWatch watches.
 */
export class UserWatch implements SessionUser {
  readonly memory = newUserMemory();
  readonly #deps: SessionDeps;
  readonly #settings: SessionSettings;
  #account: Account;
  /** The open session while an IdleWatch watches; otherwise null. */
  #idle: UserSession | null = null;
  /** Stops `#work()`; null while it does not run. */
  #working: AbortController | null = null;
  #isStopped = false;
  #onStopped: () => void = ignore;
  #failures: Failures = NO_SESSION_FAILURES;
  #probation: Probation | null;
  /** Identifies the credentials with which a session last watched the mailbox. */
  #proven: string | undefined;
  #startedMs = 0;
  /** Whether the session has read the mailbox up to the present. */
  #hasWatched = false;

  constructor(deps: SessionDeps, settings: SessionSettings, account: Account) {
    this.#deps = deps;
    this.#settings = settings;
    this.#account = account;
    this.#probation = account.harm && this.#newProbation();
    this.#beginWork();
  }

  account(): Account {
    return this.#account;
  }

  /** Uses the changed account from now on. Only for changes that need no new login. */
  change(account: Account): void {
    this.#account = account;
    if (account.harm === null) this.memory.endPause();
  }

  /** Stops to watch. Resolves when the session is logged out. */
  stop(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#isStopped = true;
    this.#onStopped = resolve;
    if (this.#working) this.#working.abort();
    else this.#beginWork();
    return promise;
  }

  refetch(mails: readonly LostMail[]): void {
    this.memory.refetches.add(mails);
    if (!this.memory.refetches.isEmpty) this.wake();
  }

  /** Ends the IdleWatch, if one is watching: there is other work to do. */
  wake(): void {
    if (!this.#working) this.#beginWork();
  }

  onIdleEnd(): void {
    this.wake();
  }

  onWatching(): void {
    this.#hasWatched = true;
    this.#proven = credentialsName(this.#account);
    void this.#record(saveWatching(this.#deps, this.#account));
  }

  #beginWork(): void {
    this.#working = new AbortController();
    if (this.#isStopped) this.#working.abort();
    void this.#work(this.#working.signal);
  }

  async #work(signal: AbortSignal): Promise<void> {
    if (this.#startedMs === 0 && this.#account.isNew)
      await this.#record(moveUser(this.#deps.db, this.#account, "connecting", null));
    do await this.#runSession(signal);
    while (this.#hasWork(signal));
    this.#working = null;
    if (signal.aborted) this.#onStopped();
  }

  /** Whether `#work()` must continue. Without an open session, only `stop()` ends it. */
  #hasWork(signal: AbortSignal): boolean {
    if (this.#idle === null) return !signal.aborted;
    const { idle, renewal } = this.#idle;
    const mustLeave = signal.aborted || renewal?.isDone === true || !this.memory.refetches.isEmpty;
    return mustLeave || idle?.hasEnded !== false;
  }

  /** Runs a session until an IdleWatch watches or the session has ended. Then waits, if it failed. */
  async #runSession(signal: AbortSignal): Promise<void> {
    const idle = this.#idle;
    if (idle === null) {
      if (!(await this.#mayBegin(signal))) return;
      this.#startedMs = this.#deps.clock.now();
      this.#hasWatched = false;
    }
    try {
      const owner = { deps: this.#deps, settings: this.#settings, user: this };
      this.#idle = null;
      this.#idle = await runSession(idle, owner, signal);
      if (this.#idle) return;
      this.#failures = NO_SESSION_FAILURES;
      await this.#probation?.pass();
    } catch (error) {
      await this.#onFailure(error, signal);
    }
  }

  #mayBegin(signal: AbortSignal): Promise<boolean> | boolean {
    return this.#probation ? this.#probation.mayBegin(signal) : !signal.aborted;
  }

  async #onFailure(error: unknown, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps;
    const lastedMs = clock.now() - this.#startedMs;
    if (error instanceof ImapError && error.isHarm) {
      logEnd(this.#log, error, { errors: this.#failures.errors, lasted_ms: lastedMs });
      this.#probation ??= this.#newProbation();
      await this.#probation.addHarm(error.failure.reason, signal);
      return;
    }
    await this.#probation?.pass();
    if (signal.aborted) return;
    const reason = findReason(error);
    const why = explainFailure(error);
    const isRefusal = why.failure?.kind === "auth_failed";
    const end = { reason, isRefusal, hasWatched: this.#hasWatched, lastedMs };
    this.#failures = countFailure(this.#failures, end);
    const mayBeGood = error instanceof ImapError && areTrusted(this.#account, this.#proven);
    const confirmRefusalMs = mayBeGood ? this.#settings.confirmRefusalMs : null;
    const after = afterSessionFailure(
      { ...why, ...this.#failures, confirmRefusalMs },
      clock.random,
    );
    const { errors } = this.#failures;
    logEnd(this.#log, error, { errors, lasted_ms: lastedMs, retry_ms: after.delayMs });
    await this.#record(saveState(this.#deps, this.#account, after.state, reason));
    await clock.sleep(after.delayMs, signal);
  }

  async #record(writing: Promise<void>): Promise<void> {
    try {
      await writing;
    } catch (error) {
      this.#log.warn("user_state.not_recorded", { error: toErrorText(error) });
    }
  }

  #newProbation(): Probation {
    return new Probation(this.#deps, this, this.#log);
  }

  get #log(): Log {
    const { userId, partnerId } = this.#account;
    return this.#deps.log.with({ user_id: userId, partner_id: partnerId });
  }
}

const ignore = () => {};

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
