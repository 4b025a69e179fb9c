import {
  openWebhook,
  type StoredWebhooks,
  type WebhookName,
} from "../../../db/partners/partner-webhooks.ts";
import type { EventKind } from "../../../shared/users/events.ts";
import type { Opener } from "../../../shared/secrets/vault.ts";

const NAMES: Readonly<Record<EventKind, WebhookName>> = {
  new_mail: "newMailWebhook",
  user_connected: "userConnectedWebhook",
  user_disconnected: "userDisconnectedWebhook",
  user_auth_failed: "userAuthFailedWebhook",
};

/**
 * Returns the partner's webhook address for this kind of event, without its secrets. Null if the
 * partner has no webhook for it.
 */
export const findWebhook = (partner: StoredWebhooks, kind: EventKind): string | null =>
  partner[NAMES[kind]]?.trim() || null;

/**
 * Returns the complete address of a webhook, including its secrets.
 * @throws {VaultError} when the secrets cannot be decrypted.
 */
export async function openWebhookAddress(
  vault: Opener,
  partner: StoredWebhooks,
  kind: EventKind,
): Promise<string> {
  const address = await openWebhook(vault, partner, NAMES[kind]);
  if (address === null)
    throw new Error(`Cannot deliver ${kind}: the partner has no webhook for it`);
  return address.trim();
}

/**
 * Returns a function like `openWebhookAddress()` that decrypts each address only once per version
 * of the partner's settings.
 */
export function webhookAddresses(vault: Opener) {
  const opened = new WeakMap<StoredWebhooks, Map<EventKind, Promise<string>>>();

  /** @throws {VaultError} when the secrets cannot be decrypted. */
  return (partner: StoredWebhooks, kind: EventKind): Promise<string> => {
    const ofPartner = opened.get(partner) ?? new Map<EventKind, Promise<string>>();
    opened.set(partner, ofPartner);
    const opening = ofPartner.get(kind) ?? openWebhookAddress(vault, partner, kind);
    ofPartner.set(kind, opening);
    return opening;
  };
}

export type OpenAddress = ReturnType<typeof webhookAddresses>;
