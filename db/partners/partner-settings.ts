import { eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import {
  type SealedWebhooks,
  storedWebhookColumns,
  type WebhookAddresses,
} from "./partner-webhooks.ts";
import { apiKeys, partners } from "./tables.ts";

/** What a partner's webhooks are made of, with the secrets still sealed. */
export interface PartnerSettings extends WebhookAddresses, SealedWebhooks {
  id: string;
  sealedWebhookSecret: string;
  sealedPreviousWebhookSecret: string | null;
  previousWebhookSecretUntil: Date | null;
  /** An Ed25519 key pair, if the partner wants signatures of it, too. */
  sealedSigningKey: string | null;
  sealedPreviousSigningKey: string | null;
  previousSigningKeyUntil: Date | null;
  /** The API key that signs bodies: the one marked so, else the oldest; null when all are revoked. */
  apiKeyId: string | null;
  sealedApiKey: string | null;
  /** How its new mail is told. */
  payloadFormat: typeof partners.$inferSelect.payloadFormat;
  /** Why its lane is paused; null when it is not. */
  pausedReason: typeof partners.$inferSelect.pausedReason;
  /** When its lane was last resumed. */
  resumedAt: Date | null;
  /** One attempt at a time for each user, in the order of the events. */
  ordered: boolean;
  /** Its webhooks may go over plain HTTP. */
  allowPlainHttp: boolean;
}

/** The settings of all partners. */
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
