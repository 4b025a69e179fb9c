import { createMiddleware } from "hono/factory";
import { findSession, touchSession } from "../../../db/admin/admin-sessions.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { hashSessionToken } from "./session-cookie.ts";

/** Requires a valid session. A missing, expired or revoked session gets the same answer. */
export const requireSession = createMiddleware<AppEnv>(async (c, next) => {
  const tokenHash = await hashSessionToken(c);
  const found = tokenHash === undefined ? undefined : await findSession(c.var.db, tokenHash);
  if (!found) throw new AppError("sign-in-required", "Sign in to continue");
  const { stale, ...signedIn } = found;
  if (stale) await touchSession(c.var.db, signedIn.sessionId);
  c.set("signedIn", signedIn);
  await next();
});

/**
 * Refuses an admin who signed in with a one-time password. Only the routes before this middleware
 * accept such an admin, for example the route that sets a new password.
 */
export const requireOwnPassword = createMiddleware<AppEnv>(async (c, next) => {
  if (c.var.signedIn.passwordKind === "one_time") {
    throw new AppError("password-change-required", "Set a new password to continue");
  }
  await next();
});
