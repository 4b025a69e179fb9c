import {
  type ApiKey,
  insertApiKey,
  lockApiKeys,
  revokeApiKey,
  letOnlySign,
} from "../../db/partners/api-keys.ts";
import { recordAudit } from "../../db/admin/audit-log.ts";
import type { Db } from "../../db/client.ts";
import { enqueuePartnerChanged } from "../../db/mail/outbox.ts";
import { newApiKey } from "../../shared/secrets/api-key.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import type { Sealer } from "../../shared/secrets/vault.ts";

/** How many keys a partner may have. Revoked keys do not count. A rotation needs two keys. */
export const MAX_KEYS = 20;

/** The partner that owns the keys, and the actor for the audit log. */
export interface KeyOwner {
  partnerId: string;
  actor: string;
}

export async function createKey(
  { db, vault }: { db: Db; vault: Sealer },
  owner: KeyOwner,
): Promise<{ key: string; row: ApiKey }> {
  const { partnerId } = owner;
  const id = newId("key");
  const { key, prefix, hash } = await newApiKey();
  const sealedKey = await vault.seal(`api_keys/${id}/key`, key);
  return db.transaction(async (tx) => {
    const keys = await lockApiKeys(tx, partnerId);
    if (keys.filter(isLiving).length >= MAX_KEYS) {
      throw new AppError(
        "conflict",
        `Cannot create a key: there are already ${MAX_KEYS} that are not revoked`,
      );
    }
    const row = await insertApiKey(tx, { id, partnerId, prefix, keyHash: hash, sealedKey });
    await audit(tx, owner, id, "api_key.created");
    return { key, row };
  });
}

/** Makes this key sign the webhook bodies. The key that signed before stops signing. Idempotent. */
export async function letKeySign(db: Db, owner: KeyOwner, id: string): Promise<ApiKey> {
  const { partnerId } = owner;
  return db.transaction(async (tx) => {
    const key = findKey(await lockApiKeys(tx, partnerId), id);
    if (!isLiving(key)) {
      throw new AppError("conflict", "Cannot use the key for signing: it is revoked");
    }
    if (key.signing) return key;
    await letOnlySign(tx, partnerId, id);
    await enqueuePartnerChanged(tx, partnerId);
    await audit(tx, owner, id, "api_key.chosen");
    return { ...key, signing: true };
  });
}

/** Revokes a key. Idempotent. */
export async function revokeKey(db: Db, owner: KeyOwner, id: string): Promise<void> {
  const { partnerId } = owner;
  await db.transaction(async (tx) => {
    const keys = await lockApiKeys(tx, partnerId);
    const key = findKey(keys, id);
    if (!isLiving(key)) return;
    // If only one key remains, it signs even if its column `signing` is false.
    if (key.signing || keys.filter(isLiving).length === 1) {
      throw new AppError(
        "conflict",
        "Cannot revoke the signing key: choose another key for signing first",
      );
    }
    await revokeApiKey(tx, id);
    await enqueuePartnerChanged(tx, partnerId);
    await audit(tx, owner, id, "api_key.revoked");
  });
}

const isLiving = (key: ApiKey) => key.revokedAt === null;

function findKey(keys: readonly ApiKey[], id: string): ApiKey {
  const key = keys.find((candidate) => candidate.id === id);
  if (!key) throw new AppError("not-found", "Cannot find the key");
  return key;
}

const audit = (tx: Db, { actor }: KeyOwner, id: string, action: string) =>
  recordAudit(tx, {
    actor,
    action,
    subjectType: "api_key",
    subjectId: id,
    details: {},
  });
