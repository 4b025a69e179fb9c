import { eq } from "drizzle-orm";
import type { RowIdentity } from "../../shared/secrets/vault.ts";
import type { Db } from "../client.ts";
import { firstRow, noRows, type Query, type Ref } from "../query.ts";
import { partnerVersion } from "./partner-version.ts";
import { partners } from "./tables.ts";

/** The keys that sign a partner's webhooks. Their signatures are in headers. */
export type WebhookKeyName = "webhook_secret" | "signing_key";

/** Returns the row identity that a key is sealed for; `previous_…` is the key before a rotation. */
export const webhookKeyRow = (
  partnerId: string,
  name: WebhookKeyName | `previous_${WebhookKeyName}`,
): RowIdentity => `partners/${partnerId}/${name}`;

export interface SealedWebhookKey {
  /** Null when the partner has none, which is possible for signing keys only. */
  current: string | null;
  /** The previous key, which also signs until `previousUntil`. */
  previous: string | null;
  previousUntil: Date | null;
}

const COLUMNS = {
  webhook_secret: {
    current: partners.sealedWebhookSecret,
    previous: partners.sealedPreviousWebhookSecret,
    previousUntil: partners.previousWebhookSecretUntil,
  },
  signing_key: {
    current: partners.sealedSigningKey,
    previous: partners.sealedPreviousSigningKey,
    previousUntil: partners.previousSigningKeyUntil,
  },
};

const selectKey = (db: Db, partner: Ref, name: WebhookKeyName) =>
  db
    .select({ ...COLUMNS[name], version: partnerVersion })
    .from(partners)
    .where(eq(partners.id, partner));

/** A key, and the version of the partner's row. */
export interface VersionedWebhookKey extends SealedWebhookKey {
  version: string;
}

/** Finds a key; undefined when there is no such partner. */
export const findWebhookKey = (
  db: Db,
  partner: Ref,
  name: WebhookKeyName,
): Query<VersionedWebhookKey | undefined> => firstRow(selectKey(db, partner, name));

export function replaceWebhookKey(
  tx: Db,
  partnerId: string,
  name: WebhookKeyName,
  key: SealedWebhookKey & { current: string },
): Query<void> {
  const { current, previous, previousUntil } = key;
  const values = {
    webhook_secret: {
      sealedWebhookSecret: current,
      sealedPreviousWebhookSecret: previous,
      previousWebhookSecretUntil: previousUntil,
    },
    signing_key: {
      sealedSigningKey: current,
      sealedPreviousSigningKey: previous,
      previousSigningKeyUntil: previousUntil,
    },
  };
  return noRows(tx.update(partners).set(values[name]).where(eq(partners.id, partnerId)));
}

/** Removes the current and the previous signing key. */
export function clearSigningKey(tx: Db, partnerId: string): Query<void> {
  const none = {
    sealedSigningKey: null,
    sealedPreviousSigningKey: null,
    previousSigningKeyUntil: null,
  };
  return noRows(tx.update(partners).set(none).where(eq(partners.id, partnerId)));
}
