import * as v from "valibot";
import { tokenFields } from "../../shared/network/token-fields.ts";

/** A response of a token endpoint. */
export interface TokenResponse {
  status: number;
  body: string;
  /** The header Retry-After. */
  retryAfter: string | null;
}

/** What a response to a refresh means. */
export type TokenAnswer =
  /** `refreshToken` is null if the refresh token that was used stays valid. */
  | { kind: "issued"; accessToken: string; lifetimeMs: number; refreshToken: string | null }
  /** Trying again does not help until a person acts. */
  | { kind: "refused"; reason: "consent_withdrawn" | "consent_incomplete" | "client_refused" }
  /**
   * Nothing is known about the grant. `retryAfterMs` is null if the provider does not state a time.
   */
  | { kind: "unavailable"; found: string; retryAfterMs: number | null };

/** How long a token counts as valid without `expires_in`, which RFC 6749, 5.1 only recommends. */
const DEFAULT_LIFETIME_S = 3_600;
const MAX_LIFETIME_S = 86_400;
/** The longest time in Retry-After that is accepted. A longer time is shortened to this. */
const MAX_RETRY_AFTER_S = 3_600;

const refused = v.object({ error: v.string() });

/**
 * Errors that only a person can solve. Sources: RFC 6749, 5.2; OpenID Connect Core 1.0, 3.1.2.6;
 * Google (https://developers.google.com/identity/protocols/oauth2/web-server, "Errors").
 */
const REFUSALS = new Map<string, Extract<TokenAnswer, { kind: "refused" }>["reason"]>([
  ["invalid_grant", "consent_withdrawn"],
  ["access_denied", "consent_withdrawn"],
  ["invalid_scope", "consent_incomplete"],
  ["interaction_required", "consent_incomplete"],
  ["login_required", "consent_incomplete"],
  ["consent_required", "consent_incomplete"],
  ["account_selection_required", "consent_incomplete"],
  ["admin_policy_enforced", "consent_incomplete"],
  ["invalid_client", "client_refused"],
  ["unauthorized_client", "client_refused"],
  ["unsupported_grant_type", "client_refused"],
  ["deleted_client", "client_refused"],
  ["disabled_client", "client_refused"],
]);

/**
 * Reads a response to a refresh (RFC 6749, 5.1 and 5.2). An unknown response counts as an outage:
 * no user becomes `auth_failed` because of it.
 */
export function judgeTokenAnswer({ status, body, retryAfter }: TokenResponse): TokenAnswer {
  const json = tryJson(body);
  const parsed = v.safeParse(tokenFields, json);
  if (status === 200 && parsed.success) {
    const { access_token, expires_in = DEFAULT_LIFETIME_S, refresh_token } = parsed.output;
    return {
      kind: "issued",
      accessToken: access_token,
      lifetimeMs: Math.min(expires_in, MAX_LIFETIME_S) * 1_000,
      refreshToken: refresh_token ?? null,
    };
  }
  // Some providers send their errors with status 200.
  const isFinal = status === 200 || isRefusal(status);
  const error = v.safeParse(refused, json);
  const reason = isFinal && error.success ? REFUSALS.get(error.output.error) : undefined;
  if (reason !== undefined) return { kind: "refused", reason };
  if (status === 200) return unavailable("an answer without an access token", null);
  return unavailable(`status ${status}`, retryAfterMs(retryAfter));
}

const isRefusal = (status: number) =>
  status >= 400 && status < 500 && status !== 408 && status !== 429;

const unavailable = (found: string, waitMs: number | null): TokenAnswer => ({
  kind: "unavailable",
  found,
  retryAfterMs: waitMs,
});

/**
 * Parses Retry-After (RFC 9110, 10.2.3), but only seconds. A date would need equal clocks here and
 * at the provider.
 */
const retryAfterMs = (header: string | null): number | null =>
  header !== null && /^\d{1,9}$/.test(header.trim())
    ? Math.min(Number(header), MAX_RETRY_AFTER_S) * 1_000
    : null;

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
