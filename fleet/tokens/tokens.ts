import { reconnectDelayMs } from "../../shared/concurrency/backoff.ts";
import { toErrorText } from "../../shared/errors.ts";
import { createPlaces } from "../../shared/concurrency/places.ts";
import { type RefreshDeps, refreshGrant } from "./refresh-grant.ts";
import { renewalAtMs } from "./renewal.ts";
import { GrantNotReached } from "./token-error.ts";

export interface AccessToken {
  value: string;
  /** When a session that uses this token must begin again: before the token expires. */
  renewAtMs: number;
}

/** The user that owns the grant, and the provider whose token endpoint issues its tokens. */
export interface GrantOwner {
  userId: string;
  partnerId: string;
  providerCode: string;
}

/**
 * A user, and when it got its credentials: a token that was issued for older credentials must not
 * be used.
 */
export interface TokenUser extends GrantOwner {
  credentialsAt: Date | null;
}

/** Access tokens of users, kept in memory only. At most one refresh per user runs at a time. */
export interface Tokens extends AsyncDisposable {
  /**
   * Returns a valid access token.
   * @throws {TokenError} when the provider gives none. Rejects when `signal` aborts first.
   */
  accessToken(user: TokenUser, signal: AbortSignal): Promise<AccessToken>;
  /** Call when the mail server refused the token. The next `accessToken()` gets a new one. */
  discard(userId: string, token: AccessToken): void;
  /** Gets a new token even if the current one is still valid. */
  refresh(owner: GrantOwner, signal: AbortSignal): Promise<AccessToken>;
  /** Drops tokens that have expired. */
  prune(): void;
}

export interface TokensSettings {
  /** Timeout of one request. */
  timeoutMs: number;
  /** How many requests run at the same time. */
  concurrency: number;
  /** A session begins again this long before its token expires. */
  renewalMarginMs: number;
}

interface HeldToken extends AccessToken {
  credentialsAt: Date | null;
}

/** The longest pause between two tries of a refresh while Postgres does not answer. */
const MAX_OWN_PAUSE_MS = 15_000;

/** Creates the access tokens of one process. Disposal waits until running refreshes have ended. */
export function createTokens(deps: RefreshDeps, settings: TokensSettings): Tokens {
  const { clock, log } = deps;
  const held = new Map<string, HeldToken>();
  const flights = new Map<string, Promise<AccessToken>>();
  const places = createPlaces(settings.concurrency);
  const stop = new AbortController();

  /**
   * Refreshes a token. While Postgres does not answer, tries again without limit. Holds no place
   * during the pauses, because the places limit only the requests to providers.
   */
  async function fly(owner: GrantOwner): Promise<AccessToken> {
    const { userId } = owner;
    for (let errors = 1; ; errors++) {
      try {
        return await ask(owner);
      } catch (error) {
        if (!(error instanceof GrantNotReached) || stop.signal.aborted) throw error;
        log.warn("grant.not_reached", { user_id: userId, errors, error: toErrorText(error) });
        const delayMs = reconnectDelayMs(errors, clock.random);
        await clock.sleep(Math.min(delayMs, MAX_OWN_PAUSE_MS), stop.signal);
      }
    }
  }

  async function ask({ userId, partnerId, providerCode }: GrantOwner): Promise<AccessToken> {
    using _place = await places.acquire({ partnerId, host: providerCode }, stop.signal);
    const startedMs = clock.now();
    const issued = await refreshGrant(deps, settings, userId, stop.signal);
    const nowMs = clock.now();
    const renewAtMs = renewalAtMs(
      { nowMs, lifetimeMs: issued.lifetimeMs, marginMs: settings.renewalMarginMs },
      clock.random,
    );
    const token = { value: issued.accessToken, renewAtMs, credentialsAt: issued.credentialsAt };
    held.set(userId, token);
    log.info("token.refreshed", { user_id: userId, duration_ms: nowMs - startedMs });
    return token;
  }

  /**
   * Starts a refresh, or joins the one that is running. A caller may stop waiting; the refresh
   * itself continues, since its answer must be saved.
   */
  function refresh(owner: GrantOwner, signal: AbortSignal): Promise<AccessToken> {
    const { userId } = owner;
    const flight = flights.get(userId) ?? fly(owner).finally(() => flights.delete(userId));
    flights.set(userId, flight);
    return orAborted(flight, signal);
  }

  return {
    refresh,
    async accessToken(user, signal) {
      signal.throwIfAborted();
      const known = held.get(user.userId);
      const isOurs = known?.credentialsAt?.getTime() === user.credentialsAt?.getTime();
      if (known && isOurs && known.renewAtMs > clock.now()) return known;
      return refresh(user, signal);
    },
    discard(userId, token) {
      if (held.get(userId) === token) held.delete(userId);
    },
    prune() {
      for (const [userId, { renewAtMs }] of held) {
        if (renewAtMs <= clock.now()) held.delete(userId);
      }
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await Promise.allSettled(flights.values());
    },
  };
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = () => reject(signal.reason);
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return Promise.race([promise, aborted]).finally(() => signal.removeEventListener("abort", abort));
}
