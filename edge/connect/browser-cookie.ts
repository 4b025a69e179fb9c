import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { AppEnv } from "../app-env.ts";

const ONE_HOUR_SECONDS = 3_600;

/** No other site or subdomain can set a cookie with this prefix (RFC 6265bis, 4.1.3.2); it needs HTTPS. */
const isSecure = (c: Context<AppEnv>) => c.env.publicUrl.startsWith("https:");

export const readCookie = (c: Context<AppEnv>, name: string): string | undefined =>
  isSecure(c) ? getCookie(c, name, "host") : getCookie(c, name);

/** Lax: the provider sends the browser back from another site, by a GET. */
export function writeCookie(c: Context<AppEnv>, name: string, value: string): void {
  const options = { path: "/", httpOnly: true, sameSite: "Lax", maxAge: ONE_HOUR_SECONDS } as const;
  if (isSecure(c)) setCookie(c, name, value, { ...options, prefix: "host" });
  else setCookie(c, name, value, options);
}

const BROWSER = "superimap-browser";

/** The browser's own random value, which a second tab finds too. */
export function markBrowser(c: Context<AppEnv>): string {
  const browser = markOf(c) ?? crypto.randomUUID();
  writeCookie(c, BROWSER, browser);
  return browser;
}

export const markOf = (c: Context<AppEnv>) => readCookie(c, BROWSER);
