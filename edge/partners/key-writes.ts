import {
  type ApiKey,
  insertApiKey,
  lockApiKeys,
  revokeApiKey,
  letOnlySign,
} from "../../db/partners/api-keys.ts";
import { recordAudit } from "../../db/admin/audit-log.ts";
import type { Db } from "../../db/client.ts";
import { readServerTime } from "../../db/conditions.ts";
import { type Query, runInOrder } from "../../db/query.ts";
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

/** A decided write to keys: its result, and its queries for a transaction that locks the keys. */
interface PlannedKeyWrite<Result> {
  result: Result;
  build: (tx: Db) => readonly Query<unknown>[];
}

export interface CreatedKey {
  key: string;
  row: ApiKey;
}

export const createKey = (
  { db, vault }: { db: Db; vault: Sealer },
  owner: KeyOwner,
): Promise<CreatedKey> =>
  inLock(db, owner, async (keys, tx) => planNewKey(vault, owner, keys, await readServerTime(tx)));

/** Decides what `createKey()` writes. */
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

/** Makes this key sign the webhook bodies. The key that signed before stops signing. Idempotent. */
export const letKeySign = (db: Db, owner: KeyOwner, id: string): Promise<ApiKey> =>
  inLock(db, owner, (keys) => planSigning(owner, keys, id));

/** Decides what `letKeySign()` writes. */
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

/** Revokes a key. Idempotent. */
export const revokeKey = (db: Db, owner: KeyOwner, id: string): Promise<void> =>
  inLock(db, owner, (keys) => planRevocation(owner, keys, id));

/** Decides what `revokeKey()` writes. */
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

const inLock = <Result>(
  db: Db,
  { partnerId }: KeyOwner,
  plan: (
    keys: readonly ApiKey[],
    tx: Db,
  ) => PlannedKeyWrite<Result> | Promise<PlannedKeyWrite<Result>>,
): Promise<Result> =>
  db.transaction(async (tx) => {
    const { result, build } = await plan(await lockApiKeys(tx, partnerId), tx);
    await runInOrder(build(tx));
    return result;
  });

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
