import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../../app-env.ts";

/**
 * The Content-Security-Policy of the admin pages. The browser loads only files of our own origin,
 * and images also from `data:` URLs. Inline scripts and styles are blocked.
 */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

export const adminHeaders = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  c.header("content-security-policy", POLICY);
  c.header("cache-control", "no-store");
  c.header("cross-origin-opener-policy", "same-origin");
  c.header("cross-origin-resource-policy", "same-origin");
});
