import { createFactory } from "hono/factory";
import * as v from "valibot";
import {
  beginTotp,
  confirmTotp,
  findUnconfirmedTotp,
  removeTotp,
  requireTotp,
} from "../../../db/admin/admin-totp.ts";
import { auditAdmin, findAdmin } from "../../../db/admin/admin-users.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import { invalidInput } from "../../invalid-input.ts";
import { currentActor } from "../access/actor.ts";
import { code, password } from "../admin-fields.ts";
import { refusingMissing } from "../refusing-missing.ts";
import { confirmOneself, refuseWithoutPassword } from "./confirm-oneself.ts";
import { newRecoveryCodes, openTotpSecret, sealTotpSecret, spendCode } from "./second-factor.ts";
import { findStep, newTotpSecret, showTotpSecret } from "./totp-code.ts";

const factor = createFactory<AppEnv, "/totp">();
const confirmation = createFactory<AppEnv, "/totp/confirm">();

/**
 * Starts the setup of the signed-in admin's second factor. The secret is shown only in this answer.
 * The second factor stays off until the admin confirms it with a code.
 */
export const postTotp = factor.createHandlers(async (c) => {
  refuseWithoutPassword(c);
  const { db, signedIn } = c.var;
  const id = signedIn.adminId;
  const secret = newTotpSecret();
  const sealed = await sealTotpSecret(c.env.partnerVault, id, secret);
  const begin = db.batch((tx) => [
    beginTotp(tx, id, sealed),
    auditAdmin(tx, { id, actor: currentActor(c), action: "admin.totp_begun" }),
    findAdmin(tx, id),
  ]);
  const [, , admin] = await refusingMissing(begin, alreadyOn);
  return c.json(showTotpSecret(secret, admin?.email ?? ""), 201);
});

/** Turns the second factor on. The recovery codes are shown only in this answer. */
export const confirmTotpCode = confirmation.createHandlers(
  validBody(v.strictObject({ code })),
  async (c) => {
    const { db, signedIn } = c.var;
    const id = signedIn.adminId;
    const sealedTotpSecret = await findUnconfirmedTotp(db, id);
    if (sealedTotpSecret === null) throw notBegun();
    const secret = await openTotpSecret(c.env.partnerVault, id, sealedTotpSecret);
    const step = findStep(secret, c.req.valid("json").code.replaceAll(/\s/g, ""), Date.now());
    if (step === undefined) {
      throw invalidInput([{ pointer: "/code", detail: "is not the code that the app shows now" }]);
    }
    const { codes, hashes: recoveryCodeHashes } = await newRecoveryCodes();
    const confirm = db.batch((tx) => [
      confirmTotp(tx, id, { sealedTotpSecret, step, recoveryCodeHashes }),
      auditAdmin(tx, { id, actor: currentActor(c), action: "admin.totp_confirmed" }),
    ]);
    await refusingMissing(confirm, notBegun);
    return c.json({ recovery_codes: codes }, 200);
  },
);

/** Turns the signed-in admin's second factor off. */
export const removeOwnTotp = factor.createHandlers(
  validBody(v.strictObject({ password, code })),
  async (c) => {
    const { db, signedIn } = c.var;
    const given = c.req.valid("json");
    const id = signedIn.adminId;
    if (!(await findAdmin(db, id))?.hasTotp) throw notInForce();
    await confirmOneself(c, {
      password: given.password,
      passwordField: "password",
      isCodeRight: async ({ sealedTotpSecret }) =>
        sealedTotpSecret !== null &&
        spendCode({ db, vault: c.env.partnerVault }, { id, sealedTotpSecret }, given.code),
    });
    const remove = db.batch((tx) => [
      requireTotp(tx, id),
      removeTotp(tx, id),
      auditAdmin(tx, { id, actor: currentActor(c), action: "admin.totp_removed" }),
    ]);
    await refusingMissing(remove, notInForce);
    return c.body(null, 204);
  },
);

const alreadyOn = () => new AppError("conflict", "Cannot set up two-factor: it is already on");
const notBegun = () =>
  new AppError("conflict", "Cannot confirm two-factor: its setup was not started");
const notInForce = () => new AppError("conflict", "Cannot turn off two-factor: it is not on");
