import type { PartnerSettings } from "../../db/partner-settings.ts";
import type { Opener } from "../../shared/vault.ts";

/** What a partner's webhooks are signed with. */
export interface PartnerKeys {
  apiKey: string;
  /** The active secret, and during a rotation the one before it. */
  webhookSecrets: readonly string[];
}

interface OpenedSecrets {
  apiKey: string;
  secret: string;
  previousSecret: string | null;
}

/** Opens partners' keys, once for each version of their settings. */
export function partnerKeyring(vault: Opener) {
  const opened = new WeakMap<PartnerSettings, Promise<OpenedSecrets>>();

  async function open(partner: PartnerSettings): Promise<OpenedSecrets> {
    const { id, signingKeyId, sealedSigningKey, sealedPreviousWebhookSecret } = partner;
    if (signingKeyId === null || sealedSigningKey === null) {
      throw new Error(`Cannot sign for partner ${id}: all of its API keys are revoked`);
    }
    return {
      apiKey: await vault.open(`api_keys/${signingKeyId}/key`, sealedSigningKey),
      secret: await vault.open(`partners/${id}/webhook_secret`, partner.sealedWebhookSecret),
      previousSecret:
        sealedPreviousWebhookSecret === null
          ? null
          : await vault.open(`partners/${id}/previous_webhook_secret`, sealedPreviousWebhookSecret),
    };
  }

  /** @throws when the partner has no key left, or when a secret does not open. */
  return async (partner: PartnerSettings, nowMs: number): Promise<PartnerKeys> => {
    const opening = opened.get(partner) ?? open(partner);
    opened.set(partner, opening);
    const { apiKey, secret, previousSecret } = await opening;
    const rotates = (partner.previousWebhookSecretUntil?.getTime() ?? 0) > nowMs;
    const secrets = rotates && previousSecret !== null ? [secret, previousSecret] : [secret];
    return { apiKey, webhookSecrets: secrets };
  };
}

export type KeysOf = ReturnType<typeof partnerKeyring>;
