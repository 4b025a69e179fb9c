import type { PartnerSettings } from "../../../db/partners/partner-settings.ts";
import { webhookKeyRow } from "../../../db/partners/webhook-keys.ts";
import type { Opener } from "../../../shared/secrets/vault.ts";

/** The keys that sign a partner's webhooks. */
export interface SigningKeys {
  /** The key that signs the body. */
  apiKey: string;
  /**
   * The keys that sign the headers: the webhook secret (`whsec_…`), then the signing key
   * (`whsk_…`), if any. After a rotation, each old key signs too for some time, directly after its
   * new key.
   */
  headerKeys: readonly string[];
}

type SealedKeys = Pick<
  PartnerSettings,
  | "id"
  | "sealedWebhookSecret"
  | "sealedPreviousWebhookSecret"
  | "previousWebhookSecretUntil"
  | "sealedSigningKey"
  | "sealedPreviousSigningKey"
  | "previousSigningKeyUntil"
  | "apiKeyId"
  | "sealedApiKey"
>;

/**
 * Returns a function that returns a partner's decrypted keys. Decrypts only once per version of the
 * partner's settings.
 */
export function partnerKeyring(vault: Opener) {
  const opened = new WeakMap<SealedKeys, ReturnType<typeof openKeys>>();

  /** @throws when the partner has no API key left, or a secret cannot be decrypted. */
  return async (partner: SealedKeys, nowMs: number): Promise<SigningKeys> => {
    const opening = opened.get(partner) ?? openKeys(vault, partner);
    opened.set(partner, opening);
    const { apiKey, headerKeys } = await opening;
    const signing = headerKeys.filter(({ untilMs }) => untilMs > nowMs);
    return { apiKey, headerKeys: signing.map(({ key }) => key) };
  };
}

export type OpenKeys = ReturnType<typeof partnerKeyring>;

async function openKeys(vault: Opener, partner: SealedKeys) {
  const { id, apiKeyId, sealedApiKey } = partner;
  if (apiKeyId === null || sealedApiKey === null) {
    throw new Error(`Cannot sign for partner ${id}: all of its API keys are revoked`);
  }
  const { previousWebhookSecretUntil, previousSigningKeyUntil } = partner;
  const keys = [
    ["webhook_secret", partner.sealedWebhookSecret, Infinity],
    [
      "previous_webhook_secret",
      partner.sealedPreviousWebhookSecret,
      toMs(previousWebhookSecretUntil),
    ],
    ["signing_key", partner.sealedSigningKey, Infinity],
    ["previous_signing_key", partner.sealedPreviousSigningKey, toMs(previousSigningKeyUntil)],
  ] as const;
  const headerKeys = await Promise.all(
    keys.map(async ([name, sealed, untilMs]) => {
      if (sealed === null) return [];
      return [{ key: await vault.open(webhookKeyRow(id, name), sealed), untilMs }];
    }),
  );
  return {
    apiKey: await vault.open(`api_keys/${apiKeyId}/key`, sealedApiKey),
    headerKeys: headerKeys.flat(),
  };
}

const toMs = (date: Date | null) => date?.getTime() ?? 0;
