import { eq } from "drizzle-orm";
import { type NewApiKey, newApiKey } from "../../shared/secrets/api-key.ts";
import { newId } from "../../shared/ids.ts";
import { newWebhookSecret } from "../../shared/secrets/signatures.ts";
import type { Sealer } from "../../shared/secrets/vault.ts";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { noRows, type Query, query, type Ref, runInOrder } from "../query.ts";
import { sealWebhooks, type StoredWebhooks } from "./partner-webhooks.ts";
import { apiKeys, partners } from "./tables.ts";
import { webhookKeyRow } from "./webhook-keys.ts";

type PartnerSettings = Pick<
  typeof partners.$inferInsert,
  | "successUrl"
  | "failureUrl"
  | "allowedOrigins"
  | "newMailWebhook"
  | "userConnectedWebhook"
  | "userDisconnectedWebhook"
  | "userAuthFailedWebhook"
  | "payloadFormat"
  | "ordered"
  | "allowPlainHttp"
  | "privacyUrl"
  | "termsUrl"
  | "websiteUrl"
  | "accentColor"
  | "logoType"
  | "logoBase64"
  | "logoDigest"
  | "consentPage"
  | "providerChoice"
>;

export interface NewPartner extends PartnerSettings {
  name: string;
}

export interface CreatedPartner {
  id: string;
  apiKeyId: string;
  /**
   * The API key and the webhook secret are sealed in the database. Only the creation of a partner
   * returns them unsealed.
   */
  apiKey: string;
  webhookSecret: string;
}

/** The data that an imported partner keeps from its former installation. */
export interface BroughtAlong {
  apiKey?: NewApiKey;
  createdAt?: Date;
}

/**
 * Creates a partner with a webhook secret and one API key. This key also signs the bodies of the
 * webhooks.
 */
export async function createPartner(
  db: Db,
  vault: Sealer,
  partner: NewPartner & BroughtAlong,
): Promise<CreatedPartner> {
  const { created, build } = await planNewPartner(vault, partner);
  await db.transaction((tx) => runInOrder(build(tx)));
  return created;
}

/** Returns the partner that `createPartner()` creates, and its queries. */
export async function planNewPartner(
  vault: Sealer,
  { apiKey, ...partner }: NewPartner & BroughtAlong,
): Promise<{ created: CreatedPartner; build: (tx: Db) => readonly Query<void>[] }> {
  const id = newId("prt");
  const apiKeyId = newId("key");
  const webhookSecret = newWebhookSecret();
  const { key, prefix, hash } = apiKey ?? (await newApiKey());
  const sealedWebhookSecret = await vault.seal(webhookKeyRow(id, "webhook_secret"), webhookSecret);
  const webhooks = await sealWebhooks(vault, id, partner);
  const sealedKey = await vault.seal(`api_keys/${apiKeyId}/key`, key);
  const keyRow = { id: apiKeyId, partnerId: id, prefix, keyHash: hash, sealedKey, signing: true };
  return {
    created: { id, apiKeyId, apiKey: key, webhookSecret },
    build: (tx) => [
      noRows(tx.insert(partners).values({ ...partner, ...webhooks, id, sealedWebhookSecret })),
      noRows(tx.insert(apiKeys).values(keyRow)),
    ],
  };
}

export async function listPartnerIds(db: Db): Promise<string[]> {
  const rows = await db.select({ id: partners.id }).from(partners);
  return rows.map(({ id }) => id);
}

/** Whether a partner wants each event that the API causes. */
export interface WantedUserEvents {
  user_connected: boolean;
  user_disconnected: boolean;
}

/**
 * Reads whether the partner wants the events that the API causes. It wants an event when the
 * webhook for the event is not blank.
 */
export const wantedUserEvents = compiled<[partner: Ref], WantedUserEvents>((db, partner) =>
  query(
    db
      .select({
        connected: partners.userConnectedWebhook,
        disconnected: partners.userDisconnectedWebhook,
      })
      .from(partners)
      .where(eq(partners.id, partner)),
    ([row]) => ({
      user_connected: !isBlank(row?.connected),
      user_disconnected: !isBlank(row?.disconnected),
    }),
  ),
);

const isBlank = (url: string | null | undefined) => (url ?? "").trim() === "";

/** Writes the settings of a partner. The addresses of its webhooks must be sealed. */
export const updatePartner = (
  tx: Db,
  id: string,
  change: NewPartner & Partial<StoredWebhooks>,
): Query<void> => noRows(tx.update(partners).set(change).where(eq(partners.id, id)));
