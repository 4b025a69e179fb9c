import type { Context } from "hono";
import { deleteApiTokens } from "../../db/admin/admin-api-tokens.ts";
import { revokeAdminSessions } from "../../db/admin/admin-sessions.ts";
import { removeTotp } from "../../db/admin/admin-totp.ts";
import { forgetTries } from "../../db/admin/admin-tries.ts";
import {
  type Admin,
  auditAdmin,
  deleteAdmin,
  lockAdmin,
  setPassword,
  updateAdmin,
} from "../../db/admin/admin-users.ts";
import { type Db, findConstraint } from "../../db/client.ts";
import { hashPassword } from "../../db/admin/password-hash.ts";
import { AppError } from "../../shared/errors.ts";
import { newOneTimeCode } from "../../shared/secrets/one-time-code.ts";
import type { AppEnv } from "../app-env.ts";
import { currentActor } from "./access/actor.ts";
import { lockForOwner } from "./accounts/change-role.ts";
import { isRowId } from "./row-id.ts";

export async function changeAdmin(
  c: Context<AppEnv>,
  id: string,
  change: { email?: string; name?: string },
): Promise<Admin> {
  return refusingTakenEmail(() =>
    c.var.db.transaction(async (tx) => {
      const admin = await mustLock(tx, id);
      const before = { email: admin.email, name: admin.name };
      const after = { ...before, ...change };
      if (before.email === after.email && before.name === after.name) return admin;
      await updateAdmin(tx, id, after);
      await auditAdmin(tx, { id, actor: currentActor(c), action: "admin.changed", before, after });
      return { ...admin, ...after };
    }),
  );
}

/**
 * Sets a one-time password for another admin and ends all of that admin's sessions and API tokens.
 * @returns The one-time password, which only allows setting a new password.
 */
export async function resetPassword(c: Context<AppEnv>, id: string): Promise<string> {
  refuseOneself(c, id, "change your own password with your old password");
  const password = newOneTimeCode();
  const hash = await hashPassword(password);
  await c.var.db.transaction(async (tx) => {
    await mustLock(tx, id);
    await setPassword(tx, id, { hash, kind: "one_time" });
    await forgetTries(tx, id);
    await revokeAdminSessions(tx, id);
    await deleteApiTokens(tx, id);
    await auditAdmin(tx, { id, actor: currentActor(c), action: "admin.password_reset" });
  });
  return password;
}

export async function unlockAdmin(c: Context<AppEnv>, id: string): Promise<void> {
  await c.var.db.transaction(async (tx) => {
    const { isLocked } = await mustLock(tx, id);
    if (!isLocked) return;
    await forgetTries(tx, id);
    await auditAdmin(tx, { id, actor: currentActor(c), action: "admin.unlocked" });
  });
}

export async function dropSecondFactor(c: Context<AppEnv>, id: string): Promise<void> {
  refuseOneself(c, id, "turn off your own two-factor with a code from your app");
  await c.var.db.transaction(async (tx) => {
    await mustLock(tx, id);
    if (!(await removeTotp(tx, id))) return;
    await revokeAdminSessions(tx, id);
    await auditAdmin(tx, { id, actor: currentActor(c), action: "admin.totp_removed" });
  });
}

/**
 * Removes another admin. When two admins remove each other at the same time, only the first removal
 * succeeds.
 */
export async function removeAdmin(c: Context<AppEnv>, id: string): Promise<void> {
  refuseOneself(c, id, "another admin must do that");
  await c.var.db.transaction(async (tx) => {
    await lockForOwner(c, tx);
    const { email, name } = await mustLock(tx, id);
    await deleteAdmin(tx, id);
    const before = { email, name };
    await auditAdmin(tx, { id, actor: currentActor(c), action: "admin.removed", before });
  });
}

async function mustLock(tx: Db, id: string): Promise<Admin> {
  const admin = isRowId("adm", id) ? await lockAdmin(tx, id) : undefined;
  if (!admin) throw adminNotFound();
  return admin;
}

function refuseOneself(c: Context<AppEnv>, id: string, instead: string): void {
  if (id === c.var.signedIn.adminId) {
    throw new AppError("conflict", `Cannot do this to yourself: ${instead}`);
  }
}

export const adminNotFound = () => new AppError("not-found", "Cannot find the admin");

/**
 * Runs a write to the table of admins.
 * @throws {AppError} when another admin has the email address.
 */
export async function refusingTakenEmail<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (findConstraint(cause) !== "admin_users_email") throw cause;
    throw new AppError("conflict", "Cannot save the admin: another admin has this e-mail address", {
      cause,
      fields: [{ pointer: "/email", detail: "belongs to another admin" }],
    });
  }
}
