import { recordAudit } from "../../db/admin/audit-log.ts";
import type { Db } from "../../db/client.ts";
import { requirePartner } from "../../db/partners/partner-version.ts";
import type { Query } from "../../db/query.ts";
import { enqueuePartnerChanged } from "../../db/mail/outbox.ts";
import {
  clearSigningKey,
  findWebhookKey,
  replaceWebhookKey,
  type SealedWebhookKey,
  type VersionedWebhookKey,
  type WebhookKeyName,
  webhookKeyRow,
} from "../../db/partners/webhook-keys.ts";
import { AppError } from "../../shared/errors.ts";
import { newWebhookSecret } from "../../shared/secrets/signatures.ts";
import { newSigningKey } from "../../shared/secrets/signing-key.ts";
import type { Opener, Sealer } from "../../shared/secrets/vault.ts";
import type { KeyOwner } from "./key-writes.ts";
import type { BuildWrites } from "../run-write.ts";
import { decideRotation, type RotationRequest } from "./rotation.ts";

interface Deps {
  db: Db;
  vault: Sealer & Opener;
}

/** A partner's webhook secret or signing key, decrypted. */
export interface WebhookKey {
  /** Null when the partner has no key. */
  current: string | null;
  /** The replaced key; null when it no longer signs. */
  previous: { key: string; until: Date } | null;
}

const MAKERS = {
  webhook_secret: () => Promise.resolve(newWebhookSecret()),
  signing_key: newSigningKey,
};

export const readKey = async (
  { db, vault }: Deps,
  partnerId: string,
  name: WebhookKeyName,
): Promise<WebhookKey> =>
  openKey(vault, partnerId, name, existingKey(await findWebhookKey(db, partnerId, name)));

/** Returns the key of a partner that was found in the same request. */
export function existingKey(found: VersionedWebhookKey | undefined): VersionedWebhookKey {
  if (!found) throw new Error("Cannot find the keys of the partner: the partner was removed");
  return found;
}

export async function openKey(
  vault: Opener,
  partnerId: string,
  name: WebhookKeyName,
  { current, previous, previousUntil }: SealedWebhookKey,
): Promise<WebhookKey> {
  const signsStill = previousUntil !== null && previousUntil.getTime() > Date.now();
  return {
    current: current && (await vault.open(webhookKeyRow(partnerId, name), current)),
    previous:
      previous !== null && signsStill
        ? {
            key: await vault.open(webhookKeyRow(partnerId, `previous_${name}`), previous),
            until: previousUntil,
          }
        : null,
  };
}

/** A decided write to a key: the key after it, and its queries for a transaction that locks it. */
interface PlannedRotation {
  key: WebhookKey & { current: string };
  build: (tx: Db) => readonly Query<unknown>[];
}

/**
 * Decides to create a new key. The replaced key also signs until the grace period ends.
 *
 * @throws {AppError} `conflict` while an earlier rotation is running, unless `request.force` is
 * true.
 */
export async function planRotation(
  vault: Sealer & Opener,
  owner: KeyOwner,
  name: WebhookKeyName,
  { request, sealed }: { request: RotationRequest; sealed: SealedWebhookKey },
): Promise<PlannedRotation> {
  const { partnerId } = owner;
  const keepUntil = decideKeepUntil(sealed, request);
  const fresh = await MAKERS[name]();
  const replaced =
    keepUntil && sealed.current
      ? { key: await vault.open(webhookKeyRow(partnerId, name), sealed.current), until: keepUntil }
      : null;
  const previousRow = webhookKeyRow(partnerId, `previous_${name}`);
  const written = {
    current: await vault.seal(webhookKeyRow(partnerId, name), fresh),
    previous: replaced && (await vault.seal(previousRow, replaced.key)),
    previousUntil: keepUntil,
  };
  const action = sealed.current === null ? "created" : "rotated";
  const details = {
    previous_until: keepUntil?.toISOString() ?? null,
    forced: request.force,
  };
  return {
    key: { current: fresh, previous: replaced },
    build: (tx) => [
      replaceWebhookKey(tx, partnerId, name, written),
      enqueuePartnerChanged(tx, partnerId),
      audit(tx, owner, `${name}.${action}`, details),
    ],
  };
}

/** Decides to remove the signing key. Idempotent. */
export const planDrop =
  (owner: KeyOwner, { current }: SealedWebhookKey) =>
  (tx: Db): readonly Query<unknown>[] =>
    current === null
      ? []
      : [
          clearSigningKey(tx, owner.partnerId),
          enqueuePartnerChanged(tx, owner.partnerId),
          audit(tx, owner, "signing_key.removed", {}),
        ];

/** Adds to the queries that they lock the key and require that it is unchanged. */
export const requiringKey =
  (partnerId: string, { version }: VersionedWebhookKey, build: BuildWrites): BuildWrites =>
  (db) => {
    const queries = build(db);
    return queries.length === 0 ? [] : [requirePartner(db, partnerId, version), ...queries];
  };

function decideKeepUntil(sealed: SealedWebhookKey, request: RotationRequest): Date | null {
  const rotation = decideRotation(sealed, request, Date.now());
  if (rotation.kind === "rotate") return rotation.keepUntil;
  throw new AppError(
    "conflict",
    `Cannot rotate: the previous key signs until ${rotation.until.toISOString()}; use force to stop it now`,
  );
}

const audit = (
  tx: Db,
  { partnerId, actor }: KeyOwner,
  action: string,
  details: Readonly<Record<string, string | boolean | null>>,
) =>
  recordAudit(tx, {
    actor,
    action,
    subjectType: "partner",
    subjectId: partnerId,
    details,
  });
