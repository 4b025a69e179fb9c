import { createFactory } from "hono/factory";
import * as v from "valibot";
import { revokeAdminSessions } from "../../../db/admin/admin-sessions.ts";
import { auditAdmin, findAdmin, setPassword } from "../../../db/admin/admin-users.ts";
import { hashPassword } from "../../../db/admin/password-hash.ts";
import { passwordFault } from "../../../shared/secrets/password-fault.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import { invalidInput } from "../../invalid-input.ts";
import { currentActor } from "../access/actor.ts";
import { mustHaveSession } from "../access/require-session.ts";
import { password } from "../admin-fields.ts";
import { confirmOneself } from "./confirm-oneself.ts";

const factory = createFactory<AppEnv, "/password">();
const change = v.strictObject({ old_password: password, new_password: password });

/** Changes the signed-in admin's password and ends all other sessions of this admin. */
export const postPassword = factory.createHandlers(validBody(change), async (c) => {
  const { old_password, new_password } = c.req.valid("json");
  const { db, signedIn } = c.var;
  const id = signedIn.adminId;
  const admin = await findAdmin(db, id);
  const fault =
    old_password === new_password
      ? "must differ from the old password"
      : passwordFault(new_password, admin?.email ?? "");
  if (fault !== undefined) throw invalidInput([{ pointer: "/new_password", detail: fault }]);
  await confirmOneself(c, { password: old_password, passwordField: "old_password" });
  const hash = await hashPassword(new_password);
  const sessionId = mustHaveSession(c);
  await db.batch((tx) => [
    setPassword(tx, id, { hash, kind: "chosen" }),
    revokeAdminSessions(tx, id, sessionId),
    auditAdmin(tx, { id, actor: currentActor(c), action: "admin.password_changed" }),
  ]);
  return c.body(null, 204);
});
