import { createFactory } from "hono/factory";
import { revokeSession, type SignedInAdmin } from "../../../db/admin/admin-sessions.ts";
import { findAdmin } from "../../../db/admin/admin-users.ts";
import type { Db } from "../../../db/client.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { auditSession, currentActor } from "./actor.ts";
import { showAdmin } from "../accounts/show-admin.ts";
import { dropToken } from "./session-cookie.ts";

const factory = createFactory<AppEnv, "/session">();

/** Returns the signed-in admin, with what the application must show or ask for first. */
export async function whoAmI(
  db: Db,
  { adminId, sessionId }: Pick<SignedInAdmin, "adminId" | "sessionId">,
) {
  const admin = await findAdmin(db, adminId);
  if (!admin) throw new AppError("sign-in-required", "Sign in to continue");
  return {
    session_id: sessionId,
    admin: showAdmin(admin),
    /** Whether the password is the default of development; if so, a banner warns about it. */
    default_password: admin.passwordKind === "default",
    /** Whether all other requests are refused until the password is changed. */
    must_change_password: admin.passwordKind === "one_time",
  };
}

export const getSession = factory.createHandlers(async (c) =>
  c.json(await whoAmI(c.var.db, c.var.signedIn), 200),
);

/** Signs out: ends the session and deletes its cookie. */
export const removeSession = factory.createHandlers(async (c) => {
  const { sessionId } = c.var.signedIn;
  await c.var.db.transaction(async (tx) => {
    await revokeSession(tx, sessionId);
    const actor = currentActor(c);
    await auditSession(tx, { id: sessionId, actor, action: "admin_session.ended" });
  });
  dropToken(c);
  return c.body(null, 204);
});
