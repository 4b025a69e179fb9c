import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { auditAdmin, lockAllAdmins, setRole } from "../../../db/admin/admin-users.ts";
import type { Db } from "../../../db/client.ts";
import { ADMIN_ROLES, type AdminRole } from "../../../shared/admin-roles.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import { currentActor } from "../access/actor.ts";
import { roleRequired } from "../access/require-role.ts";

const factory = createFactory<AppEnv, "/admins/:id/role">();

/** The field `role` of a request. */
export const adminRole = v.picklist(ADMIN_ROLES, `must be one of ${ADMIN_ROLES.join(", ")}`);

/**
 * Changes the role of another admin. The new role applies to the admin's next request. Admins cannot
 * change their own role, so one owner always remains.
 */
export const putAdminRole = factory.createHandlers(
  validBody(v.strictObject({ role: adminRole })),
  async (c) => {
    const id = c.req.param("id");
    const { role } = c.req.valid("json");
    if (id === c.var.signedIn.adminId) {
      throw new AppError("conflict", "Cannot change your own role: another owner must do that");
    }
    await c.var.db.transaction(async (tx) => {
      const before = (await lockForOwner(c, tx)).get(id);
      if (before === undefined) throw new AppError("not-found", "Cannot find the admin");
      if (before === role) return;
      await setRole(tx, id, role);
      await auditAdmin(tx, {
        id,
        actor: currentActor(c),
        action: "admin.role_changed",
        before: { role: before },
        after: { role },
      });
    });
    return c.body(null, 204);
  },
);

/**
 * Locks all admins until the transaction ends, and returns their roles by id. When two owners demote
 * or remove each other at the same time, only the first succeeds.
 * @throws {AppError} when the signed-in admin is not an owner any more.
 */
export async function lockForOwner(c: Context<AppEnv>, tx: Db): Promise<Map<string, AdminRole>> {
  const roles = await lockAllAdmins(tx);
  const own = roles.get(c.var.signedIn.adminId);
  if (own === undefined) throw new AppError("sign-in-required", "Sign in to continue");
  if (own !== "owner") throw roleRequired("owner", own);
  return roles;
}
