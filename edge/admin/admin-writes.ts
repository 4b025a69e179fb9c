import type { Context } from "hono";
import { deleteApiTokens } from "../../db/admin/admin-api-tokens.ts";
import { deletePasskeys } from "../../db/admin/admin-passkeys.ts";
import { revokeAdminSessions } from "../../db/admin/admin-sessions.ts";
import { removeTotp } from "../../db/admin/admin-totp.ts";
import { forgetTries } from "../../db/admin/admin-tries.ts";
import {
  type Admin,
  auditAdmin,
  deleteAdmin,
  findAdmin,
  lockAdmin,
  requireAdmin,
  setOidcAccount,
  setPassword,
  updateAdmin,
} from "../../db/admin/admin-users.ts";
import { type Db, findConstraint } from "../../db/client.ts";
import type { Query } from "../../db/query.ts";
import { hashPassword } from "../../db/admin/password-hash.ts";
import { AppError } from "../../shared/errors.ts";
import { newOneTimeCode } from "../../shared/secrets/one-time-code.ts";
import type { AppEnv } from "../app-env.ts";
import { runWrite } from "../run-write.ts";
import { currentActor } from "./access/actor.ts";
import { lockForOwner } from "./accounts/change-role.ts";
import { isRowId } from "./row-id.ts";

export async function changeAdmin(
  c: Context<AppEnv>,
  id: string,
  change: { email?: string; name?: string },
): Promise<Admin> {
  const actor = currentActor(c);
  return refusingTakenEmail(() =>
    writeAdmin(c, id, (admin) => {
      const before = { email: admin.email, name: admin.name };
      const after = { ...before, ...change };
      if (before.email === after.email && before.name === after.name) return { result: admin };
      return {
        result: { ...admin, ...after },
        build: (tx) => [
          updateAdmin(tx, id, after),
          auditAdmin(tx, { id, actor, action: "admin.changed", before, after }),
        ],
      };
    }),
  );
}

/**
 * Sets a one-time password for another admin and ends all of that admin's sessions and API tokens.
 * @returns The one-time password, which only allows setting a new password.
 */
export async function resetPassword(c: Context<AppEnv>, id: string): Promise<string> {
  refuseOneself(c, id, "change your own password with your old password");
  const actor = currentActor(c);
  const password = newOneTimeCode();
  const hash = await hashPassword(password);
  return writeAdmin(c, id, () => ({
    result: password,
    build: (tx) => [
      setPassword(tx, id, { hash, kind: "one_time" }),
      forgetTries(tx, id),
      revokeAdminSessions(tx, id),
      deleteApiTokens(tx, id),
      auditAdmin(tx, { id, actor, action: "admin.password_reset" }),
    ],
  }));
}

export async function unlockAdmin(c: Context<AppEnv>, id: string): Promise<void> {
  const actor = currentActor(c);
  await writeAdmin(c, id, ({ isLocked }) => ({
    result: undefined,
    build: (tx) =>
      isLocked
        ? [forgetTries(tx, id), auditAdmin(tx, { id, actor, action: "admin.unlocked" })]
        : [],
  }));
}

export async function dropSecondFactor(c: Context<AppEnv>, id: string): Promise<void> {
  refuseOneself(c, id, "turn off your own two-factor with a code from your app");
  const actor = currentActor(c);
  await writeAdmin(c, id, ({ hasTotp, passkeys }) => ({
    result: undefined,
    build: (tx) =>
      hasTotp || passkeys > 0
        ? [
            removeTotp(tx, id),
            deletePasskeys(tx, id),
            revokeAdminSessions(tx, id),
            auditAdmin(tx, { id, actor, action: "admin.second_factor_removed" }),
          ]
        : [],
  }));
}

/**
 * Removes the link of another admin to an account at the identity provider, so that the admin can
 * be linked to another one.
 */
export async function unlinkSso(c: Context<AppEnv>, id: string): Promise<void> {
  refuseOneself(c, id, "another owner must do that");
  const actor = currentActor(c);
  await writeAdmin(c, id, ({ oidcIssuer, oidcSubject }) => ({
    result: undefined,
    build: (tx) =>
      oidcIssuer === null
        ? []
        : [
            setOidcAccount(tx, id, null),
            revokeAdminSessions(tx, id),
            auditAdmin(tx, {
              id,
              actor,
              action: "admin.sso_unlinked",
              before: { issuer: oidcIssuer, subject: oidcSubject },
            }),
          ],
  }));
}

/**
 * Removes another admin. When two admins remove each other at the same time, only the first removal
 * succeeds.
 */
export async function removeAdmin(c: Context<AppEnv>, id: string): Promise<void> {
  refuseOneself(c, id, "another admin must do that");
  if (!isRowId("adm", id)) throw adminNotFound();
  const actor = currentActor(c);
  await c.var.db.transaction(async (tx) => {
    await lockForOwner(c, tx);
    const admin = await findAdmin(tx, id);
    if (!admin) throw adminNotFound();
    await deleteAdmin(tx, id);
    const before = { email: admin.email, name: admin.name };
    await auditAdmin(tx, { id, actor, action: "admin.removed", before });
  });
}

/** Decides a write to an admin, and runs it. Without queries, nothing is written. */
const writeAdmin = <Result>(
  c: Context<AppEnv>,
  id: string,
  decide: (admin: Admin) => {
    result: Result;
    build?: (tx: Db) => readonly Query<unknown>[];
  },
): Promise<Result> => {
  if (!isRowId("adm", id)) throw adminNotFound();
  return runWrite(c.var.db, {
    read: (db) => [findAdmin(db, id)],
    lock: (tx) => [lockAdmin(tx, id)],
    decide: ([admin]) => {
      if (!admin) throw adminNotFound();
      const { result, build = () => [] } = decide(admin);
      return {
        result,
        build: (tx) => {
          const queries = build(tx);
          return queries.length === 0 ? [] : [requireAdmin(tx, admin), ...queries];
        },
      };
    },
  });
};

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
