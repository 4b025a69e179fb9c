import { createMiddleware } from "hono/factory";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { hasApiToken } from "./credential.ts";
import { judgeOrigin } from "./judge-origin.ts";

/**
 * Refuses requests that do not come from our own pages, even if they have a valid session cookie.
 * This prevents cross-site request forgery, because another site cannot send our `Origin`. Source:
 * OWASP Cross-Site Request Forgery Prevention Cheat Sheet.
 *
 * A request with an API token is accepted from anywhere: its cookie does not count, and browsers do
 * not add the token by themselves.
 */
export const ownOrigin = createMiddleware<AppEnv>(async (c, next) => {
  if (hasApiToken(c)) return next();
  const asked = {
    method: c.req.method,
    origin: c.req.header("origin"),
    site: c.req.header("sec-fetch-site"),
  };
  const own = new URL(c.env.publicUrl).origin;
  const fault = judgeOrigin(asked, own);
  if (fault !== undefined) {
    throw new AppError("forbidden", `Cannot serve the request: ${fault}, wanted ${own}`);
  }
  await next();
});
