import type { Context } from "hono";
import { revokeSession } from "../../../db/admin/admin-sessions.ts";
import {
  forgetConfirmations,
  lockAccount,
  MAX_TRIES,
  takeConfirmation,
  type Try,
} from "../../../db/admin/admin-tries.ts";
import { NOBODYS_HASH, verifyPassword } from "../../../db/admin/password-hash.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { invalidInput } from "../../invalid-input.ts";
import { mustHaveSession } from "../access/require-session.ts";
import { reportLock } from "./refused-try.ts";

interface Proof {
  password: string;
  /**
   * The name of the request's field that contains the password. The error for a wrong password
   * contains this name.
   */
  passwordField: string;
  /**
   * Called only when the password is right. Returns whether the code of the second factor is right.
   */
  isCodeRight?: (taken: Try) => Promise<boolean>;
}

/** @throws {AppError} when the signed-in admin has no password. */
export function refuseWithoutPassword(c: Context<AppEnv>): void {
  if (c.var.signedIn.passwordKind !== "none") return;
  throw new AppError(
    "conflict",
    "Cannot do this without a password: your account has none, because it signs in with single sign-on",
  );
}

/**
 * Checks the signed-in admin's own password before a sensitive change. The third wrong password or
 * code ends the session and locks the account, because somebody else may be using the session.
 *
 * Failed sign-ins do not count here. Otherwise anyone could stop an admin from changing the
 * password, by trying to sign in as this admin with wrong passwords.
 */
export async function confirmOneself(c: Context<AppEnv>, proof: Proof): Promise<void> {
  const { password, passwordField, isCodeRight = async () => true } = proof;
  const { db, signedIn } = c.var;
  const sessionId = mustHaveSession(c);
  refuseWithoutPassword(c);
  const taken = await takeConfirmation(db, sessionId);
  const isRight = await verifyPassword(taken?.passwordHash ?? NOBODYS_HASH, password);
  const wrongField = !taken || !isRight ? passwordField : !(await isCodeRight(taken)) && "code";
  if (wrongField === false) return forgetConfirmations(db, sessionId);
  if (taken && taken.tries >= MAX_TRIES) {
    await db.batch((tx) => [
      revokeSession(tx, sessionId),
      lockAccount(tx, signedIn.adminId),
      ...reportLock(tx, taken),
    ]);
  }
  throw invalidInput([{ pointer: `/${wrongField}`, detail: "is wrong" }]);
}
