import { eq, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { apiKeys, partners } from "./schema.ts";

/** What a partner's webhooks are made of, with the secrets still sealed. */
export interface PartnerSettings {
  id: string;
  newMailWebhook: string | null;
  userConnectedWebhook: string | null;
  userDisconnectedWebhook: string | null;
  userAuthFailedWebhook: string | null;
  sealedWebhookSecret: string;
  sealedPreviousWebhookSecret: string | null;
  previousWebhookSecretUntil: Date | null;
  /** The key that signs bodies: the one marked so, else the oldest; null when all are revoked. */
  signingKeyId: string | null;
  sealedSigningKey: string | null;
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
  const signingKeyId = sql`(
    select id from api_keys
    where partner_id = ${partners.id} and revoked_at is null
    order by signing desc, created_at, id
    limit 1
  )`;
  return db
    .select({
      id: partners.id,
      newMailWebhook: partners.newMailWebhook,
      userConnectedWebhook: partners.userConnectedWebhook,
      userDisconnectedWebhook: partners.userDisconnectedWebhook,
      userAuthFailedWebhook: partners.userAuthFailedWebhook,
      sealedWebhookSecret: partners.sealedWebhookSecret,
      sealedPreviousWebhookSecret: partners.sealedPreviousWebhookSecret,
      previousWebhookSecretUntil: partners.previousWebhookSecretUntil,
      signingKeyId: apiKeys.id,
      sealedSigningKey: apiKeys.sealedKey,
    })
    .from(partners)
    .leftJoin(apiKeys, eq(apiKeys.id, signingKeyId));
}
