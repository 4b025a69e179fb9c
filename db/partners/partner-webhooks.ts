import { and, eq, isNull, or, sql } from "drizzle-orm";
import type { Opener, RowIdentity, Sealer } from "../../shared/secrets/vault.ts";
import type { Db } from "../client.ts";
import { partners } from "./tables.ts";

/** Where a partner's webhooks go: whole addresses, or what is left of them without their secrets. */
export interface WebhookAddresses {
  newMailWebhook: string | null;
  userConnectedWebhook: string | null;
  userDisconnectedWebhook: string | null;
  userAuthFailedWebhook: string | null;
}
export type WebhookName = keyof WebhookAddresses;

/** The whole address of each that holds secrets. */
export interface SealedWebhooks {
  sealedNewMailWebhook: string | null;
  sealedUserConnectedWebhook: string | null;
  sealedUserDisconnectedWebhook: string | null;
  sealedUserAuthFailedWebhook: string | null;
}

export type StoredWebhooks = { id: string } & WebhookAddresses & SealedWebhooks;

/** Of a query that reads webhooks. */
export const storedWebhookColumns = {
  newMailWebhook: partners.newMailWebhook,
  userConnectedWebhook: partners.userConnectedWebhook,
  userDisconnectedWebhook: partners.userDisconnectedWebhook,
  userAuthFailedWebhook: partners.userAuthFailedWebhook,
  sealedNewMailWebhook: partners.sealedNewMailWebhook,
  sealedUserConnectedWebhook: partners.sealedUserConnectedWebhook,
  sealedUserDisconnectedWebhook: partners.sealedUserDisconnectedWebhook,
  sealedUserAuthFailedWebhook: partners.sealedUserAuthFailedWebhook,
};

const WEBHOOKS = [
  ["newMailWebhook", "sealedNewMailWebhook", "new_mail_webhook"],
  ["userConnectedWebhook", "sealedUserConnectedWebhook", "user_connected_webhook"],
  ["userDisconnectedWebhook", "sealedUserDisconnectedWebhook", "user_disconnected_webhook"],
  ["userAuthFailedWebhook", "sealedUserAuthFailedWebhook", "user_auth_failed_webhook"],
] as const;

const rowOf = (partnerId: string, column: string): RowIdentity => `partners/${partnerId}/${column}`;

/** An address without its password and query, which may hold a token. The same text when it has neither. */
function withoutSecrets(text: string): string {
  const url = URL.parse(text);
  if (!url || (url.username === "" && url.password === "" && url.search === "")) return text;
  if (url.password !== "") url.password = "***";
  // A name without a password is a token.
  else if (url.username !== "") url.username = "***";
  if (url.search !== "") url.search = "?***";
  return url.href;
}

/** What is written of these webhooks. Absent ones stay as they are. */
export async function sealWebhooks(
  vault: Sealer,
  partnerId: string,
  webhooks: { readonly [Name in WebhookName]?: string | null | undefined },
): Promise<Partial<WebhookAddresses & SealedWebhooks>> {
  const written = await Promise.all(
    WEBHOOKS.map(async ([plain, sealed, column]) => {
      const whole = webhooks[plain];
      if (whole === undefined) return {};
      const shown = whole === null ? null : withoutSecrets(whole);
      if (whole === null || shown === whole) return { [plain]: whole, [sealed]: null };
      return { [plain]: shown, [sealed]: await vault.seal(rowOf(partnerId, column), whole) };
    }),
  );
  return Object.assign({}, ...written);
}

/**
 * The whole address of a webhook. An instance of before writes the plain column alone: what is sealed beside another address is
 * an older one.
 *
 * @throws {VaultError}
 */
export async function openWebhook(
  vault: Opener,
  stored: StoredWebhooks,
  name: WebhookName,
): Promise<string | null> {
  const shown = stored[name];
  const [, sealedName, column] = WEBHOOKS.find(([plain]) => plain === name) ?? [];
  if (shown === null || sealedName === undefined) return shown;
  const sealed = stored[sealedName];
  if (sealed === null) return shown;
  const whole = await vault.open(rowOf(stored.id, column), sealed);
  return withoutSecrets(whole) === shown ? whole : shown;
}

/** The same with whole addresses. */
export async function openWebhooks<Row extends StoredWebhooks>(
  vault: Opener,
  stored: Row,
): Promise<Row> {
  const opened = await Promise.all(
    WEBHOOKS.map(async ([name]) => ({ [name]: await openWebhook(vault, stored, name) })),
  );
  return Object.assign({}, stored, ...opened);
}

/**
 * Seals the addresses that an earlier version wrote in plain text. Only when no instance of that version runs any more: it
 * does not open them.
 *
 * @returns of how many partners.
 */
export async function sealPlainWebhooks(db: Db, vault: Sealer & Opener): Promise<number> {
  const isPlain = or(
    ...WEBHOOKS.map(([plain, sealed]) =>
      and(isNull(partners[sealed]), sql`${partners[plain]} ~ '[@?]'`),
    ),
  );
  const found = await db.select({ id: partners.id }).from(partners).where(isPlain);
  let done = 0;
  for (const { id } of found) {
    await db.transaction(async (tx) => {
      const isIt = eq(partners.id, id);
      const columns = { id: partners.id, ...storedWebhookColumns };
      const [stored] = await tx.select(columns).from(partners).where(isIt).for("no key update");
      if (!stored) return;
      const written = await sealWebhooks(vault, id, await openWebhooks(vault, stored));
      if (WEBHOOKS.every(([plain]) => written[plain] === stored[plain])) return;
      await tx.update(partners).set(written).where(isIt);
      done++;
    });
  }
  return done;
}
