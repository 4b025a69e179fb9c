import * as v from "valibot";
import type { Opener, RowIdentity } from "../../shared/secrets/vault.ts";
import type { Context } from "hono";
import type { LinkedUser } from "../../db/users/linked-user.ts";
import type { ConnectLink } from "../../shared/secrets/connect-link.ts";
import type { AppEnv } from "../app-env.ts";
import type { Callbacks } from "./callbacks.ts";
import { mustFindUser, type OpenLink, refuseUnusable, rememberLink } from "./open-link.ts";
import { Refusal } from "./refusals.ts";

/**
 * How long an attempt to connect an account stays valid after its link has expired. A person may
 * open the link just before it expires, and then needs time on the provider's pages.
 */
const ATTEMPT_TTL_MS = 30 * 60_000;

/**
 * Returns when all attempts of a link have expired. Until then, the database keeps the record that
 * the link is spent, so no attempt may be valid longer. A form keeps its record as long: links with
 * the same id may lead to an OAuth provider.
 */
export const toAttemptExpiryMs = (linkExpiresAtMs: number) => linkExpiresAtMs + ATTEMPT_TTL_MS;

/** The inverse of toAttemptExpiryMs(). */
export const toLinkExpiryMs = (attemptExpiresAtMs: number) => attemptExpiresAtMs - ATTEMPT_TTL_MS;

/**
 * The data of an attempt to connect an account. It is stored, sealed, while the person is on the
 * provider's pages.
 */
const attemptFields = {
  user_id: v.string(),
  link_id: v.string(),
  success: v.nullable(v.string()),
  failure: v.nullable(v.string()),
  expires_at_ms: v.number(),
  /** Whether the link works only while the user has no credentials. */
  is_choice: v.optional(v.boolean(), false),
  /** The language that the link asks for. An older version does not store it. */
  language: v.optional(v.nullable(v.string()), null),
};
const anyAttempt = v.object(attemptFields);
export type ConnectAttempt = v.InferOutput<typeof anyAttempt>;

/**
 * The data that the `state` parameter of OAuth 2 contains, sealed. The provider returns the
 * parameter in the callback URL.
 */
export const oauth2Attempt = v.object({
  ...attemptFields,
  /** The cookie value of the browser that began the attempt. */
  browser: v.string(),
  /** The code verifier of PKCE (RFC 7636). */
  verifier: v.string(),
  nonce: v.string(),
});
export type OAuth2Attempt = v.InferOutput<typeof oauth2Attempt>;
export const OAUTH2_ATTEMPT: RowIdentity = "connect/oauth2/attempt";

/**
 * For OAuth 1.0a the attempt is stored in a cookie, because it contains a token secret, which must
 * not be in a URL.
 */
export const oauth1Attempt = v.object({
  ...attemptFields,
  token: v.string(),
  token_secret: v.string(),
});
export type OAuth1Attempt = v.InferOutput<typeof oauth1Attempt>;
export const OAUTH1_ATTEMPT: RowIdentity = "connect/oauth1/attempt";

export const newAttempt = (c: Context<AppEnv>, { link, callbacks }: OpenLink): ConnectAttempt => ({
  user_id: link.userId,
  link_id: link.linkId,
  success: callbacks.success,
  failure: callbacks.failure,
  expires_at_ms: toAttemptExpiryMs(link.expiresAtMs),
  is_choice: link.isChoice ?? false,
  language: c.get("language") ?? null,
});

export interface SealedAttempt<S extends v.GenericSchema<unknown, ConnectAttempt>> {
  row: RowIdentity;
  schema: S;
  sealed: string;
}

/**
 * Opens the sealed data of an attempt. `resumeAttempt()` checks whether it is too old.
 * @throws {Refusal} when we did not seal the data, or sealed it for another purpose.
 */
export async function openAttempt<S extends v.GenericSchema<unknown, ConnectAttempt>>(
  vault: Opener,
  { row, schema, sealed }: SealedAttempt<S>,
): Promise<v.InferOutput<S>> {
  const text = await vault.open(row, sealed).catch((cause: unknown) => {
    throw new Refusal("state", { cause });
  });
  return v.parse(schema, JSON.parse(text));
}

/**
 * Continues an attempt in the callback of the provider.
 *
 * @param isSameBrowser Whether the attempt began in this browser.
 * @throws {Refusal} when the attempt is too old or began in another browser, or its link can no
 * longer be used.
 */
export async function resumeAttempt(
  c: Context<AppEnv>,
  attempt: ConnectAttempt,
  isSameBrowser: boolean,
): Promise<LinkedUser> {
  c.set("language", attempt.language);
  const linked = await mustFindUser(c, attempt.user_id);
  rememberLink(c, linked, { failure: attempt.failure, link: await toLink(c, attempt) });
  if (attempt.expires_at_ms <= Date.now()) throw new Refusal("state");
  if (!isSameBrowser) throw new Refusal("browser");
  const { link_id: linkId, is_choice: isChoice } = attempt;
  await refuseUnusable(c, linked, { purpose: "connect", linkId, isChoice });
  return linked;
}

/** Returns the link with which the attempt began, so that the person can try again. */
export function toLink(c: Context<AppEnv>, attempt: ConnectAttempt): Promise<string> {
  const { user_id: userId, link_id: linkId, is_choice: isChoice } = attempt;
  const expiresAtMs = toLinkExpiryMs(attempt.expires_at_ms);
  return signLink(c, { purpose: "connect", userId, linkId, expiresAtMs, isChoice }, attempt);
}

/** Returns the URL of a link, with its callbacks and the language of the pages. */
export async function signLink(
  c: Context<AppEnv>,
  link: ConnectLink,
  { success, failure }: Callbacks,
): Promise<string> {
  const url = new URL(await c.env.links.signUrl(link));
  const parameters = { success, failure, lang: c.get("language") ?? null };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== null) url.searchParams.set(name, value);
  }
  return url.href;
}
