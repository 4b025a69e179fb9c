import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import * as v from "valibot";
import { VaultError } from "../../../shared/secrets/vault.ts";
import type { AppEnv } from "../../app-env.ts";

const NAME = "superimap_sso";
/** How long a person may take at the identity provider. */
const VALID_SECONDS = 10 * 60;
/**
 * SameSite is Lax because the identity provider redirects the browser back to us from another site,
 * with a GET. The prefix `__Host-` keeps other sites and subdomains from setting the cookie, so
 * nobody can make a browser finish a sign-in that began elsewhere.
 */
const ATTRIBUTES = {
  path: "/",
  secure: true,
  httpOnly: true,
  sameSite: "Lax",
  maxAge: VALID_SECONDS,
} as const;
const ROW = "admin/sso/attempt";

const attempt = v.object({
  state: v.string(),
  nonce: v.string(),
  /** The code verifier of PKCE (RFC 7636). */
  verifier: v.string(),
  /** The path of the page to open after the sign-in. */
  returnTo: v.string(),
  expiresAtMs: v.number(),
});
export type SsoAttempt = Omit<v.InferOutput<typeof attempt>, "expiresAtMs">;

/** Keeps an attempt to sign in, sealed, in a cookie of the browser. */
export async function giveAttempt(c: Context<AppEnv>, begun: SsoAttempt): Promise<void> {
  const kept = { ...begun, expiresAtMs: Date.now() + VALID_SECONDS * 1_000 };
  const sealed = await c.env.partnerVault.seal(ROW, JSON.stringify(kept));
  setCookie(c, NAME, sealed, { ...ATTRIBUTES, prefix: "host" });
}

/**
 * Returns the attempt of the browser and deletes its cookie: an attempt ends with the first answer.
 * @returns undefined when there is none, or it has expired.
 */
export async function takeAttempt(c: Context<AppEnv>): Promise<SsoAttempt | undefined> {
  const sealed = getCookie(c, NAME, "host");
  if (sealed === undefined) return undefined;
  deleteCookie(c, NAME, { ...ATTRIBUTES, prefix: "host" });
  try {
    const text = await c.env.partnerVault.open(ROW, sealed);
    const { expiresAtMs, ...begun } = v.parse(v.pipe(v.string(), v.parseJson(), attempt), text);
    return expiresAtMs > Date.now() ? begun : undefined;
  } catch (error) {
    if (error instanceof VaultError) return undefined;
    throw error;
  }
}
