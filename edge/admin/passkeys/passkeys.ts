import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import type { Context } from "hono";
import { createFactory } from "hono/factory";
import * as v from "valibot";
import {
  deletePasskey,
  findOwnPasskey,
  insertPasskey,
  listPasskeys,
  type Passkey,
  requirePasskeysBelow,
  spendChallenge,
} from "../../../db/admin/admin-passkeys.ts";
import { findAdmin, lockAdmin } from "../../../db/admin/admin-users.ts";
import { AppError } from "../../../shared/errors.ts";
import { newId } from "../../../shared/ids.ts";
import type { AppEnv } from "../../app-env.ts";
import { validBody } from "../../middleware/valid.ts";
import { createAudit } from "../access/actor.ts";
import { mustHaveSession } from "../access/require-session.ts";
import { confirmOneself } from "../accounts/confirm-oneself.ts";
import { adminName, password } from "../admin-fields.ts";
import { refusingMissing } from "../refusing-missing.ts";
import { isRowId } from "../row-id.ts";
import { CHALLENGE_VALID_MS, newChallenge } from "./challenge.ts";
import { newCredential } from "./passkey-schemas.ts";
import { ALGORITHMS, toRpId, verifyNewPasskey } from "./verify-passkey.ts";

const all = createFactory<AppEnv, "/passkeys">();
const begin = createFactory<AppEnv, "/passkeys/challenge">();
const one = createFactory<AppEnv, "/passkeys/:id">();
const audit = createAudit("admin_passkey");

/** Enough for every device of a person. */
const MAX_PASSKEYS = 20;

export const getPasskeys = all.createHandlers(async (c) => {
  const found = await listPasskeys(c.var.db, c.var.signedIn.adminId);
  return c.json({ passkeys: found.map(showPasskey) }, 200);
});

/**
 * Begins a new passkey. Needs the password, so that a stolen session is not enough to add one.
 * Returns the options for the browser: `PublicKeyCredentialCreationOptionsJSON` of WebAuthn
 * Level 3, 5.1.9.
 */
export const postPasskeyChallenge = begin.createHandlers(
  validBody(v.strictObject({ password })),
  async (c) => {
    await confirmOneself(c, {
      password: c.req.valid("json").password,
      passwordField: "password",
    });
    const { signedIn } = c.var;
    const [admin, existing] = await c.var.db.batch((db) => [
      findAdmin(db, signedIn.adminId),
      listPasskeys(db, signedIn.adminId),
    ]);
    if (existing.length >= MAX_PASSKEYS) {
      throw new AppError(
        "conflict",
        `Cannot add the passkey: you have ${MAX_PASSKEYS} passkeys, remove one first`,
      );
    }
    const { partnerVault, publicUrl } = c.env;
    return c.json(
      {
        challenge: await newChallenge(partnerVault, purposeOf(c), Date.now()),
        rp: { id: toRpId(publicUrl), name: "SuperIMAP" },
        user: {
          id: encodeBase64urlNoPadding(new TextEncoder().encode(signedIn.adminId)),
          name: admin?.email ?? "",
          displayName: admin?.name ?? "",
        },
        pubKeyCredParams: ALGORITHMS.map((alg) => ({ alg, type: "public-key" as const })),
        timeout: CHALLENGE_VALID_MS,
        attestation: "none" as const,
        authenticatorSelection: {
          residentKey: "required" as const,
          requireResidentKey: true,
          userVerification: "required" as const,
        },
        excludeCredentials: existing.map(({ credentialId: id }) => ({
          id,
          type: "public-key" as const,
        })),
      },
      200,
    );
  },
);

/** Stores a passkey that the browser created for the challenge. */
export const postPasskey = all.createHandlers(
  validBody(v.strictObject({ name: adminName, credential: newCredential })),
  async (c) => {
    const { name, credential } = c.req.valid("json");
    const { partnerVault: vault, publicUrl } = c.env;
    const expected = { vault, publicUrl, purpose: purposeOf(c), nowMs: Date.now() };
    const verified = await verifyNewPasskey(credential, expected);
    if (verified.kind === "refused") {
      c.var.log.warn("passkey.refused", { reason: verified.reason });
      throw refused();
    }
    const { challengeHash, publicKey, counter } = verified;
    const id = newId("psk");
    const { adminId } = c.var.signedIn;
    const { transports } = credential.response;
    const passkey = { id, adminId, name, publicKey, counter, transports };
    const add = c.var.db.batch((tx) => [
      ...spendChallenge(tx, challengeHash),
      lockAdmin(tx, adminId),
      requirePasskeysBelow(tx, adminId, MAX_PASSKEYS),
      insertPasskey(tx, { ...passkey, credentialId: credential.id }),
      audit(c, tx, { id, action: "admin_passkey.added", after: { name } }),
    ]);
    await refusingMissing(add, refused);
    return c.json({ id }, 201);
  },
);

/** Removes a passkey of the signed-in admin, after the password was confirmed. */
export const removePasskey = one.createHandlers(
  validBody(v.strictObject({ password })),
  async (c) => {
    const id = c.req.param("id");
    const { adminId } = c.var.signedIn;
    const { db } = c.var;
    await confirmOneself(c, {
      password: c.req.valid("json").password,
      passwordField: "password",
    });
    const passkey = isRowId("psk", id) ? await findOwnPasskey(db, adminId, id) : undefined;
    if (!passkey) throw notFound();
    const remove = db.batch((tx) => [
      deletePasskey(tx, adminId, id),
      audit(c, tx, { id, action: "admin_passkey.removed", before: { name: passkey.name } }),
    ]);
    await refusingMissing(remove, notFound);
    return c.body(null, 204);
  },
);

const purposeOf = (c: Context<AppEnv>) =>
  ({ kind: "new-passkey", sessionId: mustHaveSession(c) }) as const;

const notFound = () => new AppError("not-found", "Cannot find the passkey");
const refused = () =>
  new AppError("conflict", "Cannot add the passkey: its answer is not valid. Begin again");

const showPasskey = (passkey: Passkey) => ({
  id: passkey.id,
  name: passkey.name,
  created_at: passkey.createdAt.toISOString(),
  last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
});
