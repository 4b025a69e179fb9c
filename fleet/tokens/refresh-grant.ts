import type { Db } from "../../db/client.ts";
import {
  leaseGrant,
  releaseGrant,
  saveGrant,
  type StoredGrant,
} from "../../db/users/refresh-tokens.ts";
import type { Clock } from "../../shared/clock.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { Opener, Sealer } from "../../shared/secrets/vault.ts";
import { type OAuthClient, requestToken } from "./oauth-client.ts";
import type { TokenAnswer } from "./token-answer.ts";
import { GrantNotReached, TokenError } from "./token-error.ts";

export interface RefreshDeps {
  db: Db;
  clock: Clock;
  log: Log;
  mailboxVault: Opener & Sealer;
  partnerVault: Opener;
}

export interface IssuedToken {
  accessToken: string;
  lifetimeMs: number;
  /** When the user got the credentials for which the token was issued. */
  credentialsAt: Date | null;
}

type Issued = Extract<TokenAnswer, { kind: "issued" }>;

/**
 * A lease prevents two instances from refreshing a grant at the same time. It lasts as long as two
 * requests may take, plus this margin. After a crash, the lease ends by itself.
 */
const LEASE_MARGIN_MS = 5_000;
const BUSY_PAUSE_MS = 100;
/**
 * The first pause between tries to save a token. Until the new token is saved, another instance may
 * use the old one, so the pause is short.
 */
const FIRST_SAVE_PAUSE_MS = 250;
const MAX_SAVE_PAUSE_MS = 4_000;
/**
 * How many times saving is tried again after `signal` aborted. With pauses of up to
 * MAX_SAVE_PAUSE_MS, this takes half a minute.
 */
const SAVES_AFTER_STOP = 8;
/**
 * How many times one refresh is tried. It is tried again only if new credentials arrive during a
 * try.
 */
const MAX_ROUNDS = 5;

/**
 * Uses a user's refresh token. A rotated token that is not saved may be the only one that works. So
 * once the request is sent, the answer is awaited and saved even if `signal` aborts. While the
 * database is unreachable, saving is repeated without limit. After `signal` aborted, it is repeated
 * for half a minute.
 *
 * @throws {TokenError}
 * @throws {GrantNotReached} when the database is unreachable and no rotated token waits to be
 *   saved. The call can then be repeated without loss.
 */
export async function refreshGrant(
  deps: RefreshDeps,
  settings: { timeoutMs: number },
  userId: string,
  signal: AbortSignal,
): Promise<IssuedToken> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const grant = await lease(deps, settings, userId, signal);
    const issued = await useGrant(deps, settings, grant, signal);
    if (issued) return { ...issued, credentialsAt: grant.credentialsAt };
  }
  throw unavailable("the credentials change all the time");
}

const reach = <T>(action: string, answer: Promise<T>): Promise<T> =>
  answer.catch((cause: unknown) => {
    throw new GrantNotReached(`Cannot ${action} a grant: ${toErrorText(cause)}`, { cause });
  });

/** Leases the grant. Waits while another instance refreshes the same grant. */
async function lease(
  { db, clock }: RefreshDeps,
  { timeoutMs }: { timeoutMs: number },
  userId: string,
  signal: AbortSignal,
): Promise<StoredGrant> {
  for (;;) {
    signal.throwIfAborted();
    const grant = await reach("lease", leaseGrant(db, userId, 2 * timeoutMs + LEASE_MARGIN_MS));
    if (grant === "gone") throw refused("consent_withdrawn");
    if (grant !== "busy") return grant;
    await clock.sleep(BUSY_PAUSE_MS, signal);
  }
}

/**
 * Requests an access token with the stored grant, and saves the grant.
 * @returns undefined when the user got other credentials meanwhile.
 */
async function useGrant(
  deps: RefreshDeps,
  { timeoutMs }: { timeoutMs: number },
  grant: StoredGrant,
  signal: AbortSignal,
): Promise<Issued | undefined> {
  const { sealedRefreshToken: current, sealedPreviousRefreshToken: previous } = grant;
  let isSaved = false;
  try {
    const ask = await asker(deps, grant, timeoutMs);
    let used = current;
    let answer = await ask(current);
    // The provider may have failed before it stored the current token, which it had issued. The
    // previous token then still works.
    if (answer.kind === "refused" && answer.reason === "consent_withdrawn" && previous !== null) {
      used = previous;
      answer = await ask(previous);
    }
    if (answer.kind === "refused") throw refused(answer.reason);
    if (answer.kind === "unavailable") throw unavailable(answer.found, answer.retryAfterMs);
    const { refreshToken: rotated } = answer;
    isSaved =
      rotated === null
        ? await reach("save", saveGrant(deps.db, grant, withoutPrevious(used)))
        : await saveRotated(deps, grant, { used, rotated }, signal);
    return isSaved ? answer : undefined;
  } finally {
    if (!isSaved) await release(deps, grant);
  }
}

/** Returns the refresh tokens to save: only the one that has just worked. */
const withoutPrevious = (used: string) => ({
  sealedRefreshToken: used,
  sealedPreviousRefreshToken: null,
});

/** Releases the lease. If that fails, the lease ends by itself. */
async function release({ db, log }: RefreshDeps, { userId }: StoredGrant): Promise<void> {
  try {
    await releaseGrant(db, userId);
  } catch (error) {
    log.warn("grant.not_released", { user_id: userId, error: toErrorText(error) });
  }
}

/** Saves a rotated token. The old token is kept until the new token has worked. */
async function saveRotated(
  { db, clock, log, mailboxVault }: RefreshDeps,
  grant: StoredGrant,
  { used, rotated }: { used: string; rotated: string },
  signal: AbortSignal,
): Promise<boolean> {
  const next = {
    sealedRefreshToken: await mailboxVault.seal(nameRow(grant), rotated),
    sealedPreviousRefreshToken: used,
  };
  let savesAfterStop = 0;
  for (let delayMs = FIRST_SAVE_PAUSE_MS; ; delayMs = Math.min(2 * delayMs, MAX_SAVE_PAUSE_MS)) {
    try {
      return await saveGrant(db, grant, next);
    } catch (error) {
      if (signal.aborted && ++savesAfterStop > SAVES_AFTER_STOP) throw error;
      const retry = { retry_ms: delayMs, error: toErrorText(error) };
      log.warn("grant.not_saved", { user_id: grant.userId, ...retry });
      await clock.sleep(delayMs, new AbortController().signal);
    }
  }
}

const nameRow = ({ userId }: StoredGrant) => `users/${userId}/refresh_token` as const;

async function asker(
  { mailboxVault, partnerVault }: RefreshDeps,
  grant: StoredGrant,
  timeoutMs: number,
) {
  const { connectionId, clientId, sealedClientSecret, tokenUrl } = grant;
  if (clientId === null || tokenUrl === null) throw refused("no_client");
  const row = `partner_connections/${connectionId}/oauth2_client_secret` as const;
  const secret =
    sealedClientSecret === null ? null : await partnerVault.open(row, sealedClientSecret);
  const client: OAuthClient = { id: clientId, secret };
  return async (sealedRefreshToken: string) => {
    const refreshToken = await mailboxVault.open(nameRow(grant), sealedRefreshToken);
    const deadline = AbortSignal.timeout(timeoutMs);
    const answer = await requestToken(tokenUrl, client, refreshToken, deadline);
    // Some providers return the same refresh token again, which is no rotation.
    const isSame = answer.kind === "issued" && answer.refreshToken === refreshToken;
    return isSame ? { ...answer, refreshToken: null } : answer;
  };
}

const refused = (
  reason: Extract<TokenAnswer, { kind: "refused" }>["reason"] | "no_client",
): TokenError => new TokenError({ kind: "auth_failed", reason }, reason.replaceAll("_", " "));

const unavailable = (found: string, retryAfterMs: number | null = null): TokenError =>
  new TokenError({ kind: "transient", reason: "provider_unavailable" }, found, { retryAfterMs });
