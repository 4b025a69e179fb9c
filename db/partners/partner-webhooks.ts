import { and, eq, isNull, or, sql } from "drizzle-orm";
import type { Opener, RowIdentity, Sealer } from "../../shared/secrets/vault.ts";
import type { Db } from "../client.ts";
import { partners } from "./tables.ts";

/** The addresses of a partner's webhooks: complete, or with their secrets masked. */
export interface WebhookAddresses {
  newMailWebhook: string | null;
  userConnectedWebhook: string | null;
  userDisconnectedWebhook: string | null;
  userAuthFailedWebhook: string | null;
}
export type WebhookName = keyof WebhookAddresses;

/** The sealed complete addresses. Only an address that contains secrets is sealed. */
export interface SealedWebhooks {
  sealedNewMailWebhook: string | null;
  sealedUserConnectedWebhook: string | null;
  sealedUserDisconnectedWebhook: string | null;
  sealedUserAuthFailedWebhook: string | null;
}

export type StoredWebhooks = { id: string } & WebhookAddresses & SealedWebhooks;

/** The columns that a query of webhooks needs. */
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

const nameRow = (partnerId: string, column: string): RowIdentity =>
  `partners/${partnerId}/${column}`;

/**
 * Masks the parts of an address that may contain a token: the query and the password, or the user
 * name if there is no password. An address without these parts is returned unchanged.
 */
function withoutSecrets(text: string): string {
  const url = URL.parse(text);
  if (!url || (url.username === "" && url.password === "" && url.search === "")) return text;
  if (url.password !== "") url.password = "***";
  // A user name without a password is usually a token.
  else if (url.username !== "") url.username = "***";
  if (url.search !== "") url.search = "?***";
  return url.href;
}

/** Returns the columns to write for these webhooks. Webhooks that are undefined are not changed. */
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
      return { [plain]: shown, [sealed]: await vault.seal(nameRow(partnerId, column), whole) };
    }),
  );
  return Object.assign({}, ...written);
}

/**
 * Returns the complete address of a webhook. The plain column has the address with its secrets
 * masked. An instance of an older version writes only the plain column. So if the sealed address,
 * when masked, differs from the plain column, it is outdated, and the plain column is returned.
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
  const whole = await vault.open(nameRow(stored.id, column), sealed);
  return withoutSecrets(whole) === shown ? whole : shown;
}

/** Returns the row with the complete addresses of all webhooks. */
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
 * Seals the addresses that an earlier version stored in plain text. Run it only when no instance of
 * that version is running: that version cannot open sealed addresses.
 *
 * @returns The number of partners whose addresses were sealed.
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
