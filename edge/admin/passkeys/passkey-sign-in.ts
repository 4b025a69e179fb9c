import { createFactory } from "hono/factory";
import * as v from "valibot";
import { findPasskey, spendChallenge, usePasskey } from "../../../db/admin/admin-passkeys.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import { whoAmI } from "../access/session.ts";
import { ssoRequired } from "../accounts/sso-required.ts";
import { insertOwnSession, prepareSession } from "../accounts/start-session.ts";
import { refusingMissing } from "../refusing-missing.ts";
import { CHALLENGE_VALID_MS, newChallenge } from "./challenge.ts";
import { signedChallenge } from "./passkey-schemas.ts";
import { toRpId, verifySignedChallenge } from "./verify-passkey.ts";

const begin = createFactory<AppEnv, "/session/passkey/challenge">();
const finish = createFactory<AppEnv, "/session/passkey">();

const SIGN_IN = { kind: "sign-in" } as const;

/**
 * Begins a sign-in with a passkey. The answer names no account, so it says nothing about who has a
 * passkey: the browser shows the passkeys of this site.
 */
export const postSignInChallenge = begin.createHandlers(async (c) => {
  const { partnerVault, publicUrl } = c.env;
  return c.json(
    {
      challenge: await newChallenge(partnerVault, SIGN_IN, Date.now()),
      rpId: toRpId(publicUrl),
      timeout: CHALLENGE_VALID_MS,
      userVerification: "required" as const,
    },
    200,
  );
});

/**
 * Signs in with a passkey alone. The authenticator has verified the person, so this is as strong as a
 * password with a second factor. A lock of the account does not matter: signatures cannot be guessed.
 */
export const postPasskeySession = finish.createHandlers(
  validBody(v.strictObject({ credential: signedChallenge })),
  async (c) => {
    if (c.env.sso?.isOnly) throw ssoRequired();
    const { credential } = c.req.valid("json");
    const { db, log } = c.var;
    const passkey = await findPasskey(db, credential.id);
    if (!passkey) throw refused();
    const { partnerVault: vault, publicUrl } = c.env;
    const expected = { vault, publicUrl, purpose: SIGN_IN, nowMs: Date.now() };
    const verified = await verifySignedChallenge(credential, passkey, expected);
    const { adminId, id } = passkey;
    if (verified.kind === "refused") {
      log.warn("sign_in.refused", { admin_id: adminId, passkey_id: id, reason: verified.reason });
      throw refused();
    }
    const session = await prepareSession(c, adminId);
    const signIn = db.batch((tx) => [
      ...spendChallenge(tx, verified.challengeHash),
      ...usePasskey(tx, passkey, verified.counter),
      ...insertOwnSession(tx, session),
    ]);
    await refusingMissing(signIn, refused);
    return c.json(await whoAmI(db, { adminId, sessionId: session.id }), 201);
  },
);

const refused = () =>
  new AppError(
    "sign-in-refused",
    "Cannot sign in: the passkey is not known here or its answer is not valid. Use another passkey, or your password",
  );
