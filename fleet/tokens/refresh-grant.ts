import type { Db } from "../../db/client.ts";
import { type Grant, leaseGrant, releaseGrant, saveGrant } from "../../db/refresh-tokens.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Opener, Sealer } from "../../shared/vault.ts";
import { type OAuthClient, requestToken } from "./oauth-client.ts";
import type { TokenAnswer } from "./token-answer.ts";
import { TokenError } from "./token-error.ts";

export interface RefreshDeps {
  db: Db;
  clock: Clock;
  mailboxVault: Opener & Sealer;
  partnerVault: Opener;
}

export interface IssuedToken {
  accessToken: string;
  lifetimeMs: number;
  /** When the credentials were given that it comes from. */
  credentialsAt: Date | null;
}

type Issued = Extract<TokenAnswer, { kind: "issued" }>;

/** Beyond the two requests that a refresh may take: an instance that died lets the grant go then. */
const LEASE_MARGIN_MS = 5_000;
const BUSY_PAUSE_MS = 100;
/** A rotated refresh token is saved through half a minute of a database that is down. */
const FIRST_SAVE_PAUSE_MS = 250;
const MAX_SAVE_PAUSE_MS = 16_000;
/** Other credentials came while we asked with the old ones; nobody does that for ever. */
const MAX_ROUNDS = 5;

/**
 * Uses a user's refresh token. Once it is asked for, the answer is awaited and saved whatever
 * `signal` says: a rotated refresh token that is not saved may be the only one that works.
 *
 * @throws {TokenError}
 */
export async function refreshGrant(
  deps: RefreshDeps,
  settings: { timeoutMs: number },
  userId: string,
  signal: AbortSignal,
): Promise<IssuedToken> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const grant = await lease(deps, settings, userId, signal);
    const issued = await useGrant(deps, settings, grant);
    if (issued) return { ...issued, credentialsAt: grant.credentialsAt };
  }
  throw unavailable("the credentials change all the time");
}

/** Waits while another instance refreshes the same grant. */
async function lease(
  { db, clock }: RefreshDeps,
  { timeoutMs }: { timeoutMs: number },
  userId: string,
  signal: AbortSignal,
): Promise<Grant> {
  for (;;) {
    signal.throwIfAborted();
    const grant = await leaseGrant(db, userId, 2 * timeoutMs + LEASE_MARGIN_MS);
    if (grant === "gone") throw refused("consent_withdrawn");
    if (grant !== "busy") return grant;
    await clock.sleep(BUSY_PAUSE_MS, signal);
  }
}

/** @returns undefined when other credentials were given meanwhile. */
async function useGrant(
  deps: RefreshDeps,
  { timeoutMs }: { timeoutMs: number },
  grant: Grant,
): Promise<Issued | undefined> {
  const { sealedRefreshToken: current, sealedPreviousRefreshToken: previous } = grant;
  let isSaved = false;
  try {
    const ask = await asker(deps, grant, timeoutMs);
    let used = current;
    let answer = await ask(current);
    // The new one may never have reached the provider's own store: then the one before still works.
    if (answer.kind === "refused" && answer.reason === "consent_withdrawn" && previous !== null) {
      used = previous;
      answer = await ask(previous);
    }
    if (answer.kind === "refused") throw refused(answer.reason);
    if (answer.kind === "unavailable") throw unavailable(answer.found, answer.retryAfterMs);
    isSaved = await save(deps, grant, used, answer.refreshToken);
    return isSaved ? answer : undefined;
  } finally {
    if (!isSaved) await releaseGrant(deps.db, grant.userId);
  }
}

/** The one that was used stays until the one that was given for it has worked. */
async function save(
  { db, clock, mailboxVault }: RefreshDeps,
  grant: Grant,
  used: string,
  rotated: string | null,
): Promise<boolean> {
  const next =
    rotated === null
      ? { sealedRefreshToken: used, sealedPreviousRefreshToken: null }
      : {
          sealedRefreshToken: await mailboxVault.seal(rowOf(grant), rotated),
          sealedPreviousRefreshToken: used,
        };
  for (let delayMs = FIRST_SAVE_PAUSE_MS; ; delayMs *= 2) {
    try {
      return await saveGrant(db, grant, next);
    } catch (error) {
      if (rotated === null || delayMs > MAX_SAVE_PAUSE_MS) throw error;
      await clock.sleep(delayMs, new AbortController().signal);
    }
  }
}

const rowOf = ({ userId }: Grant) => `users/${userId}/refresh_token` as const;

async function asker({ mailboxVault, partnerVault }: RefreshDeps, grant: Grant, timeoutMs: number) {
  const { connectionId, clientId, sealedClientSecret, tokenUrl } = grant;
  if (clientId === null || tokenUrl === null) throw refused("no_client");
  const row = `partner_connections/${connectionId}/oauth2_client_secret` as const;
  const secret =
    sealedClientSecret === null ? null : await partnerVault.open(row, sealedClientSecret);
  const client: OAuthClient = { id: clientId, secret };
  return async (sealedRefreshToken: string) => {
    const refreshToken = await mailboxVault.open(rowOf(grant), sealedRefreshToken);
    const deadline = AbortSignal.timeout(timeoutMs);
    const answer = await requestToken(tokenUrl, client, refreshToken, deadline);
    // Some give out the same one again.
    const isSame = answer.kind === "issued" && answer.refreshToken === refreshToken;
    return isSame ? { ...answer, refreshToken: null } : answer;
  };
}

const refused = (
  reason: Extract<TokenAnswer, { kind: "refused" }>["reason"] | "no_client",
): TokenError => new TokenError({ kind: "auth_failed", reason }, reason.replaceAll("_", " "));

const unavailable = (found: string, retryAfterMs: number | null = null): TokenError =>
  new TokenError({ kind: "transient", reason: "provider_unavailable" }, found, { retryAfterMs });
