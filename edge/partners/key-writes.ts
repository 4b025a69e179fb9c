import {
  type ApiKey,
  insertApiKey,
  letOnlySign,
  requireApiKeys,
  revokeApiKey,
} from "../../db/partners/api-keys.ts";
import { recordAudit } from "../../db/admin/audit-log.ts";
import type { Db } from "../../db/client.ts";
import { lockPartner } from "../../db/partners/partner-version.ts";
import type { Query } from "../../db/query.ts";
import { enqueuePartnerChanged } from "../../db/mail/outbox.ts";
import { newApiKey } from "../../shared/secrets/api-key.ts";
import { AppError } from "../../shared/errors.ts";
import { newId } from "../../shared/ids.ts";
import type { Sealer } from "../../shared/secrets/vault.ts";
import type { BuildWrites } from "../run-write.ts";

/** How many keys a partner may have. Revoked keys do not count. A rotation needs two keys. */
export const MAX_KEYS = 20;

/** The partner that owns the keys, and the actor for the audit log. */
export interface KeyOwner {
  partnerId: string;
  actor: string;
}

/** A decided write to keys: its result, and its queries for a transaction that locks the keys. */
export interface PlannedKeyWrite<Result> {
  result: Result;
  build: (tx: Db) => readonly Query<unknown>[];
}

export interface CreatedKey {
  key: string;
  row: ApiKey;
}

/** Decides to create a key. */
export async function planNewKey(
  vault: Sealer,
  owner: KeyOwner,
  keys: readonly ApiKey[],
  now: Date,
): Promise<PlannedKeyWrite<CreatedKey>> {
  if (keys.filter(isLiving).length >= MAX_KEYS) {
    throw new AppError(
      "conflict",
      `Cannot create a key: there are already ${MAX_KEYS} that are not revoked`,
    );
  }
  const { partnerId } = owner;
  const id = newId("key");
  const { key, prefix, hash } = await newApiKey();
  const sealedKey = await vault.seal(`api_keys/${id}/key`, key);
  const shown = { id, prefix, signing: false, createdAt: now };
  return {
    result: { key, row: { ...shown, lastUsedAt: null, revokedAt: null } },
    build: (tx) => [
      insertApiKey(tx, { ...shown, partnerId, keyHash: hash, sealedKey }),
      audit(tx, owner, id, "api_key.created"),
    ],
  };
}

/**
 * Decides to let this key sign the webhook bodies. The key that signed before stops signing.
 * Idempotent.
 */
export function planSigning(
  owner: KeyOwner,
  keys: readonly ApiKey[],
  id: string,
): PlannedKeyWrite<ApiKey> {
  const key = findKey(keys, id);
  if (!isLiving(key)) {
    throw new AppError("conflict", "Cannot use the key for signing: it is revoked");
  }
  if (key.signing) return { result: key, build: () => [] };
  return {
    result: { ...key, signing: true },
    build: (tx) => [
      ...letOnlySign(tx, owner.partnerId, id),
      enqueuePartnerChanged(tx, owner.partnerId),
      audit(tx, owner, id, "api_key.chosen"),
    ],
  };
}

/** Decides to revoke a key. Idempotent. */
export function planRevocation(
  owner: KeyOwner,
  keys: readonly ApiKey[],
  id: string,
): PlannedKeyWrite<void> {
  const key = findKey(keys, id);
  if (!isLiving(key)) return { result: undefined, build: () => [] };
  // If only one key remains, it signs even if its column `signing` is false.
  if (key.signing || keys.filter(isLiving).length === 1) {
    throw new AppError(
      "conflict",
      "Cannot revoke the signing key: choose another key for signing first",
    );
  }
  return {
    result: undefined,
    build: (tx) => [
      revokeApiKey(tx, id),
      enqueuePartnerChanged(tx, owner.partnerId),
      audit(tx, owner, id, "api_key.revoked"),
    ],
  };
}

/** Adds to the queries that they lock the partner's keys and require that these are unchanged. */
export const requiringKeys =
  (partnerId: string, keys: readonly ApiKey[], build: BuildWrites): BuildWrites =>
  (db) => {
    const queries = build(db);
    if (queries.length === 0) return [];
    return [lockPartner(db, partnerId), requireApiKeys(db, partnerId, keys), ...queries];
  };

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
