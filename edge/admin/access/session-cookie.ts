import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { encodeBase62 } from "../../../shared/base62.ts";
import { sha256Hex } from "../../../shared/secrets/sha256.ts";
import type { AppEnv } from "../../app-env.ts";

const NAME = "superimap_admin";
/**
 * The attributes of the session cookie. The cookie's name also gets the prefix `__Host-`, so that
 * no other site or subdomain can set it (RFC 6265bis, 4.1.3.2). Browsers accept `Secure` on
 * localhost even over plain HTTP. Without `Max-Age`, the cookie ends when the browser closes.
 */
const ATTRIBUTES = { path: "/", secure: true, httpOnly: true, sameSite: "Strict" } as const;

/**
 * Creates a random token and sets it as the session cookie.
 * @returns The hash of the token. The database stores only this hash.
 */
export async function giveToken(c: Context<AppEnv>): Promise<string> {
  const token = encodeBase62(crypto.getRandomValues(new Uint8Array(32)));
  setCookie(c, NAME, token, { ...ATTRIBUTES, prefix: "host" });
  return sha256Hex(token);
}

/** Returns the hash of the token in the request's cookie. */
export async function hashSessionToken(c: Context<AppEnv>): Promise<string | undefined> {
  const token = getCookie(c, NAME, "host");
  return token === undefined ? undefined : sha256Hex(token);
}

export const dropToken = (c: Context<AppEnv>) =>
  deleteCookie(c, NAME, { ...ATTRIBUTES, prefix: "host" });
