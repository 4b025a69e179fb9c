import { eq } from "drizzle-orm";
import { imapProviders, partnerConnections, partners } from "../../db/partners/tables.ts";
import { outbox } from "../../db/mail/tables.ts";
import { users } from "../../db/users/tables.ts";
import { readWatchedUsers } from "../../db/users/watched-users.ts";
import type { Account } from "../../fleet/mailbox/login/account.ts";
import type { OAuth2Mechanism } from "../../fleet/mailbox/imap/login/credentials.ts";
import { toAccount } from "../../fleet/mailbox/login/to-account.ts";
import { newId } from "../../shared/ids.ts";
import { observeUser, type UserObserver } from "../mailbox/observe-user.ts";
import type { OauthStack } from "./oauth-stack.ts";

/** A user that has consented at the provider. Its database rows are as the edge writes them. */
export interface OauthUser extends UserObserver {
  email: string;
  userId: string;
  partnerId: string;
  connectionId: string;
  providerId: string;
  providerCode: string;
  refreshToken: string;
  /** Returns the account as a session would get it now. */
  account(): Promise<Account>;
  /** Simulates that the user consents again. */
  connectAnew(): Promise<void>;
  row(): Promise<typeof users.$inferSelect>;
  /** Decrypts the current and the previous refresh token. */
  refreshTokens(): Promise<{ current: string | null; previous: string | null }>;
  /** Returns the kinds of the events in the partner's outbox. */
  waitingEvents(): Promise<string[]>;
}

export interface OauthUserOptions {
  mechanism?: OAuth2Mechanism;
  /** The port at which users log in. By default, the port of the stack's mail server. */
  port?: number;
  authFailedWebhook?: string;
  newMailWebhook?: string;
}

let count = 0;

export async function newOauthUser(
  stack: OauthStack,
  { mechanism = "XOAUTH2", port, authFailedWebhook, newMailWebhook }: OauthUserOptions = {},
): Promise<OauthUser> {
  const { db, oauth, server, vaults } = stack;
  const number = ++count;
  const providerCode = `TEST_${number}`;
  const email = `ann${number}@example.com`;
  oauth.addAccount(email);
  await server.addAccount({ login: email, password: "unused", address: email });
  const partner = await stack.newPartner({
    userAuthFailedWebhook: authFailedWebhook ?? "http://127.0.0.1:9/auth-failed",
    ...(newMailWebhook !== undefined && { newMailWebhook }),
  });
  const [providerId, connectionId, userId] = [newId("prv"), newId("con"), newId("usr")];
  await db.insert(imapProviders).values({
    id: providerId,
    code: providerCode,
    title: "Test",
    kind: "oauth2",
    imapHost: server.host,
    imapPort: port ?? server.port,
    imapSecurity: "none",
    saslMechanism: mechanism,
    oauthTokenUrl: oauth.endpoints.token,
    oauthRevokeUrl: oauth.endpoints.revoke,
  });
  const secretRow = `partner_connections/${connectionId}/oauth2_client_secret` as const;
  await db.insert(partnerConnections).values({
    id: connectionId,
    partnerId: partner.id,
    providerId,
    oauth2ClientId: oauth.client.id,
    sealedOauth2ClientSecret: await vaults.partner.seal(secretRow, oauth.client.secret),
  });
  const tokenRow = `users/${userId}/refresh_token` as const;
  const credentials = async (refreshToken: string) => ({
    sealedRefreshToken: await vaults.mailbox.seal(tokenRow, refreshToken),
    sealedPreviousRefreshToken: null,
    credentialsAt: new Date(),
    incidentAt: null,
    state: "new" as const,
    stateReason: null,
  });
  const refreshToken = await oauth.grantRefreshToken(email);
  const user = { id: userId, connectionId, tag: email, email };
  await db.insert(users).values({ ...user, ...(await credentials(refreshToken)) });

  const row = async () => {
    const [found] = await db.select().from(users).where(eq(users.id, userId));
    if (!found) throw new Error("The user is gone");
    return found;
  };
  const account = async () => {
    const [found] = await readWatchedUsers(db, [userId]);
    const made = found && toAccount(found);
    if (!made) throw new Error("The user is not watched");
    return made;
  };
  const open = (sealed: string | null) => sealed && vaults.mailbox.open(tokenRow, sealed);
  return {
    ...observeUser(stack, await account()),
    ...{
      email,
      userId,
      partnerId: partner.id,
      connectionId,
      providerId,
      providerCode,
      refreshToken,
    },
    account,
    row,
    async connectAnew() {
      const change = await credentials(await oauth.grantRefreshToken(email));
      await db.update(users).set(change).where(eq(users.id, userId));
    },
    async refreshTokens() {
      const { sealedRefreshToken, sealedPreviousRefreshToken } = await row();
      return {
        current: await open(sealedRefreshToken),
        previous: await open(sealedPreviousRefreshToken),
      };
    },
    async waitingEvents() {
      const rows = await db.select().from(outbox).where(eq(outbox.partnerId, partner.id));
      return rows.flatMap(({ payload }) => readKind(payload));
    },
  };
}

const readKind = (payload: unknown): string[] =>
  typeof payload === "object" && payload !== null && "kind" in payload
    ? [String(payload.kind)]
    : [];

/**
 * Removes the partner's webhook for `user_auth_failed`. A blank address means that there is no
 * webhook.
 */
export const wantNoAuthFailed = ({ db }: OauthStack, { partnerId }: OauthUser) =>
  db.update(partners).set({ userAuthFailedWebhook: " " }).where(eq(partners.id, partnerId));
