import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import { admit, giveBackTry, takeTry, type Try } from "../../../db/admin/admin-tries.ts";
import { isRowMissing } from "../../../db/conditions.ts";
import { NOBODYS_HASH, verifyPassword } from "../../../db/admin/password-hash.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import { code, password, typedEmail } from "../admin-fields.ts";
import { reportLock } from "./refused-try.ts";
import { spendCode } from "./second-factor.ts";
import { insertOwnSession, prepareSession, senderNetwork } from "./start-session.ts";
import { ssoRequired } from "./sso-required.ts";
import { whoAmI } from "../access/session.ts";

const factory = createFactory<AppEnv, "/session">();

const signIn = v.strictObject({
  email: typedEmail,
  password,
  /**
   * Required for admins with a second factor. Without the code, their sign-in is answered with the
   * error `code-required`.
   */
  code: v.exactOptional(code),
});
type Given = v.InferOutput<typeof signIn>;

export const postSession = factory.createHandlers(validBody(signIn), async (c) => {
  const given = c.req.valid("json");
  const taken = await takeTry(c.var.db, {
    email: given.email,
    network: senderNetwork(c) ?? "unknown",
    hasCode: given.code !== undefined,
  });
  // An unknown or locked account must not be recognizable: the check takes the same time and gives
  // the same answer as for a wrong password.
  const isRight = await verifyPassword(taken?.passwordHash ?? NOBODYS_HASH, given.password);
  if (!taken || !isRight) return refuse(c, taken);
  if (c.env.sso?.isOnly && !taken.isShellPassword) {
    await giveBackTry(c.var.db, taken.id);
    throw ssoRequired();
  }
  if (taken.sealedTotpSecret !== null && given.code === undefined) {
    await giveBackTry(c.var.db, taken.id);
    throw new AppError("code-required", "Send the code of the second factor, too");
  }
  if (taken.sealedTotpSecret === null && taken.hasPasskeys) {
    await giveBackTry(c.var.db, taken.id);
    throw new AppError(
      "passkey-required",
      "Cannot sign in with the password alone: sign in with your passkey",
    );
  }
  if (!(await isCodeRight(c, taken, given))) return refuse(c, taken);
  const sessionId = await startSession(c, taken);
  return c.json(await whoAmI(c.var.db, { adminId: taken.id, sessionId }), 201);
});

async function isCodeRight(c: Context<AppEnv>, taken: Try, given: Given): Promise<boolean> {
  const { id, sealedTotpSecret } = taken;
  if (sealedTotpSecret === null) return true;
  const deps = { db: c.var.db, vault: c.env.partnerVault };
  return spendCode(deps, { id, sealedTotpSecret }, given.code ?? "");
}

async function refuse(c: Context<AppEnv>, taken?: Try): Promise<never> {
  c.var.log.warn("sign_in.refused", { admin_id: taken?.id, tries: taken?.tries });
  if (taken) await c.var.db.batch((db) => reportLock(db, taken));
  throw new AppError(
    "sign-in-refused",
    "Cannot sign in: the e-mail address, the password or the code is wrong, or the account is locked. Three wrong tries lock an account for an hour; with a second factor you can sign in from another network meanwhile",
  );
}

async function startSession(c: Context<AppEnv>, taken: Try): Promise<string> {
  const session = await prepareSession(c, taken.id);
  try {
    await c.var.db.batch((tx) => [admit(tx, taken), ...insertOwnSession(tx, session)]);
    return session.id;
  } catch (error) {
    if (!isRowMissing(error)) throw error;
    return refuse(c);
  }
}
