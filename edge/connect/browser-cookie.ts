import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { AppEnv } from "../app-env.ts";

const ONE_HOUR_SECONDS = 3_600;

/**
 * Whether the cookie can have the name prefix `__Host-`. No other site or subdomain can set a
 * cookie with this prefix (RFC 6265bis, 4.1.3.2). The prefix requires HTTPS.
 */
const isSecure = (c: Context<AppEnv>) => c.env.publicUrl.startsWith("https:");

export const readCookie = (c: Context<AppEnv>, name: string): string | undefined =>
  isSecure(c) ? getCookie(c, name, "host") : getCookie(c, name);

/**
 * Sets a cookie. SameSite is Lax because the provider redirects the browser back to us from another
 * site, with a GET.
 */
export function writeCookie(c: Context<AppEnv>, name: string, value: string): void {
  const options = { path: "/", httpOnly: true, sameSite: "Lax", maxAge: ONE_HOUR_SECONDS } as const;
  if (isSecure(c)) setCookie(c, name, value, { ...options, prefix: "host" });
  else setCookie(c, name, value, options);
}

const BROWSER = "superimap-browser";

/**
 * Sets a cookie with a random id that identifies the browser. If the browser already has such a
 * cookie, its id is kept, so that two tabs use the same id.
 */
export function markBrowser(c: Context<AppEnv>): string {
  const browser = readBrowserMark(c) ?? crypto.randomUUID();
  writeCookie(c, BROWSER, browser);
  return browser;
}

export const readBrowserMark = (c: Context<AppEnv>) => readCookie(c, BROWSER);
