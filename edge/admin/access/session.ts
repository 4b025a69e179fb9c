import { createFactory } from "hono/factory";
import { revokeSession } from "../../../db/admin/admin-sessions.ts";
import { findAdmin } from "../../../db/admin/admin-users.ts";
import type { Db } from "../../../db/client.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { auditSession, currentActor } from "./actor.ts";
import { showAdmin } from "../accounts/show-admin.ts";
import { mustHaveSession } from "./require-session.ts";
import { dropToken } from "./session-cookie.ts";

const factory = createFactory<AppEnv, "/session">();

/**
 * Returns the signed-in admin, and whether the admin pages must warn about the password or ask for
 * a new one.
 */
export async function whoAmI(
  db: Db,
  { adminId, sessionId }: { adminId: string; sessionId: string },
) {
  const admin = await findAdmin(db, adminId);
  if (!admin) throw new AppError("sign-in-required", "Sign in to continue");
  return {
    session_id: sessionId,
    admin: showAdmin(admin),
    /**
     * True if the admin still has the default password of development. The admin pages then show a
     * warning.
     */
    default_password: admin.passwordKind === "default",
    /**
     * True if the admin signed in with a one-time password. The admin must set a new password
     * before using other routes.
     */
    must_change_password: admin.passwordKind === "one_time",
  };
}

export const getSession = factory.createHandlers(async (c) =>
  c.json(
    await whoAmI(c.var.db, {
      adminId: c.var.signedIn.adminId,
      sessionId: mustHaveSession(c),
    }),
    200,
  ),
);

/** Signs out: ends the session and deletes its cookie. */
export const removeSession = factory.createHandlers(async (c) => {
  const sessionId = mustHaveSession(c);
  const actor = currentActor(c);
  await c.var.db.batch((tx) => [
    revokeSession(tx, sessionId),
    auditSession(tx, { id: sessionId, actor, action: "admin_session.ended" }),
  ]);
  dropToken(c);
  return c.body(null, 204);
});
