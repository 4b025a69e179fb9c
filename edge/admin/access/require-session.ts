import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { findApiToken } from "../../../db/admin/admin-api-tokens.ts";
import { findSession, touchSession } from "../../../db/admin/admin-sessions.ts";
import { lowerRole } from "../../../shared/admin-roles.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv, SignedInCaller } from "../../app-env.ts";
import { readCredential } from "./credential.ts";

/**
 * Requires a valid session or API token. A missing, expired or revoked one gets the same answer.
 */
export const requireSession = createMiddleware<AppEnv>(async (c, next) => {
  const found = await findSignedIn(c);
  if (!found) throw new AppError("sign-in-required", "Sign in to continue");
  c.set("signedIn", found);
  await next();
});

async function findSignedIn(c: Context<AppEnv>): Promise<SignedInCaller | undefined> {
  const credential = await readCredential(c);
  if (credential === undefined) return undefined;
  const { db } = c.var;
  if (credential.kind === "api-token") {
    const token = await findApiToken(db, credential.hash);
    if (!token) return undefined;
    const { tokenId, tokenRole, adminRole, ...admin } = token;
    return { ...admin, role: lowerRole(tokenRole, adminRole), by: { kind: "api-token", tokenId } };
  }
  const session = await findSession(db, credential.hash);
  if (!session) return undefined;
  const { stale, sessionId, ...admin } = session;
  if (stale) await touchSession(db, sessionId);
  return { ...admin, by: { kind: "session", sessionId } };
}

/**
 * Returns the id of the session that sent the request.
 * @throws {AppError} when the request has an API token instead.
 */
export function mustHaveSession(c: Context<AppEnv>): string {
  const { by } = c.var.signedIn;
  if (by.kind === "session") return by.sessionId;
  throw new AppError("forbidden", "Cannot do this with an API token: sign in at the admin pages");
}

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
