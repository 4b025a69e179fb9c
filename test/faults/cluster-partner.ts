import { sql } from "drizzle-orm";
import type { Sink } from "../../dev/sink/sink.ts";
import type { Received } from "../../dev/sink/sink-inbox.ts";
import { newId } from "../../shared/ids.ts";
import type { TestAuthorizationServer } from "../harness/oauth/authorization-server.ts";
import type { DatabaseStack } from "../harness/stacks/database-stack.ts";
import type { TestImapServer } from "../imap-server/imap-server.ts";
import { type Ledger, newLedger, toMailAddress } from "./ledger.ts";
import { newReceipts, type Receipts } from "./receipts.ts";
import type { Watchfulness } from "./watchfulness.ts";

/** A partner with users that receive numbered mails, and a record of the deliveries. */
export interface ClusterPartner {
  id: string;
  logins: readonly string[];
  ledger: Ledger;
  receipts: Receipts;
  /** The mail server of this partner's users. */
  imap: TestImapServer;
  /** Measures whether the mail server's users are watched, including users of other partners. */
  watchfulness: Watchfulness;
}

/** Where a partner's users have their mailboxes, and where its webhooks go. */
export interface PartnerPlace {
  imap: TestImapServer;
  watchfulness: Watchfulness;
  providerId: string;
  /**
   * The authorization server that issues the users' access tokens. Null means that they use
   * passwords.
   */
  oauth: TestAuthorizationServer | null;
  /** The URL of the sink (the receiver of webhooks), without a path. */
  webhooks: string;
}

export async function newClusterPartner(
  { database, sink }: { database: DatabaseStack; sink: Sink },
  name: string,
  logins: readonly string[],
  place: PartnerPlace,
): Promise<ClusterPartner> {
  const { imap, watchfulness } = place;
  const newMailWebhook = `${place.webhooks}/${name}`;
  const { apiKey, webhookSecret, id } = await database.newPartner({ newMailWebhook });
  sink.trust({ api_key: apiKey, webhook_secret: webhookSecret });
  await insertUsers(database, place, id, logins);
  const receipts = newReceipts();
  const take = (webhook: Received) => {
    if (webhook.path === `/${name}`) receipts.take(webhook);
  };
  sink.listen(take, new AbortController().signal);
  return { id, logins, receipts, ledger: newLedger(imap, receipts, logins), imap, watchfulness };
}

async function insertUsers(
  { db, vaults }: DatabaseStack,
  { imap, providerId, oauth }: PartnerPlace,
  partnerId: string,
  logins: readonly string[],
): Promise<void> {
  const connectionId = newId("con");
  const clientRow = `partner_connections/${connectionId}/oauth2_client_secret` as const;
  const clientSecret = oauth && (await vaults.partner.seal(clientRow, oauth.client.secret));
  await db.execute(sql`
    insert into partner_connections (id, partner_id, provider_id, oauth2_client_id, sealed_oauth2_client_secret)
    values (${connectionId}, ${partnerId}, ${providerId}, ${oauth?.client.id ?? null}, ${clientSecret})`);
  const rows = [];
  for (const login of logins) {
    const address = toMailAddress(login);
    imap.addAccount({ login, password: login, address });
    const id = newId("usr");
    if (oauth) {
      oauth.addAccount(address);
      const token = await oauth.grantRefreshToken(address);
      const sealedToken = await vaults.mailbox.seal(`users/${id}/refresh_token`, token);
      rows.push({ id, tag: login, email: address, sealed_token: sealedToken });
    } else {
      const sealed = await vaults.mailbox.seal(`users/${id}/login_password`, login);
      rows.push({ id, tag: login, login, sealed_password: sealed });
    }
  }
  await db.execute(sql`
    insert into users (id, connection_id, tag, login_username, sealed_login_password, email, sealed_refresh_token, connected_at)
    select id, ${connectionId}, tag, login, sealed_password, email, sealed_token, now()
    from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      as row (id text, tag text, login text, sealed_password text, email text, sealed_token text)`);
}
