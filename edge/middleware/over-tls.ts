import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";

/** Returns the same URL with `https:`; undefined when it uses TLS already. */
export function toTlsAddress(address: string): string | undefined {
  const url = new URL(address);
  if (url.protocol !== "http:") return undefined;
  url.protocol = "https:";
  return url.href;
}

/**
 * In production, redirects plain HTTP to HTTPS. With 308, the client repeats the same method and
 * body (RFC 9110, 15.4.9).
 */
export const overTls = createMiddleware<AppEnv>(async (c, next) => {
  const address = c.env.isDevelopment ? undefined : toTlsAddress(c.req.url);
  return address === undefined ? next() : c.redirect(address, 308);
});
