import { eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import {
  type SealedWebhooks,
  storedWebhookColumns,
  type WebhookAddresses,
} from "./partner-webhooks.ts";
import { apiKeys, partners } from "./tables.ts";

/** The settings of a partner that deliveries need. The secrets are sealed. */
export interface PartnerSettings extends WebhookAddresses, SealedWebhooks {
  id: string;
  sealedWebhookSecret: string;
  sealedPreviousWebhookSecret: string | null;
  previousWebhookSecretUntil: Date | null;
  /** An Ed25519 key pair; null when the partner does not use `v1a` signatures. */
  sealedSigningKey: string | null;
  sealedPreviousSigningKey: string | null;
  previousSigningKeyUntil: Date | null;
  /**
   * The API key that signs bodies: the key marked for signing, otherwise the oldest key; null when
   * all keys are revoked.
   */
  apiKeyId: string | null;
  sealedApiKey: string | null;
  /** The format of the partner's webhooks for new mail. */
  payloadFormat: typeof partners.$inferSelect.payloadFormat;
  /** Why the partner's lane is paused; null when it is not. */
  pausedReason: typeof partners.$inferSelect.pausedReason;
  /** When the partner's lane was last resumed; null when it never was. */
  resumedAt: Date | null;
  /** Whether the events of a user are delivered one at a time, in their order. */
  ordered: boolean;
  /** Whether the partner's webhooks may use plain HTTP. */
  allowPlainHttp: boolean;
}

/** Reads the settings of all partners. */
export async function listPartnerSettings(db: Db): Promise<PartnerSettings[]> {
  return selectSettings(db);
}

export async function findPartnerSettings(
  db: Db,
  partnerId: string,
): Promise<PartnerSettings | undefined> {
  const [settings] = await selectSettings(db).where(eq(partners.id, partnerId));
  return settings;
}

function selectSettings(db: Db) {
  const apiKeyId = sql`(
    select id from api_keys
    where partner_id = ${partners.id} and revoked_at is null
    order by signing desc, created_at, id
    limit 1
  )`;
  return db
    .select({
      id: partners.id,
      ...storedWebhookColumns,
      sealedWebhookSecret: partners.sealedWebhookSecret,
      sealedPreviousWebhookSecret: partners.sealedPreviousWebhookSecret,
      previousWebhookSecretUntil: partners.previousWebhookSecretUntil,
      sealedSigningKey: partners.sealedSigningKey,
      sealedPreviousSigningKey: partners.sealedPreviousSigningKey,
      previousSigningKeyUntil: partners.previousSigningKeyUntil,
      apiKeyId: apiKeys.id,
      sealedApiKey: apiKeys.sealedKey,
      payloadFormat: partners.payloadFormat,
      pausedReason: partners.pausedReason,
      resumedAt: partners.resumedAt,
      ordered: partners.ordered,
      allowPlainHttp: partners.allowPlainHttp,
    })
    .from(partners)
    .leftJoin(apiKeys, eq(apiKeys.id, apiKeyId));
}
