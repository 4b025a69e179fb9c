import * as v from "valibot";
import type { Opener } from "../../../shared/secrets/vault.ts";
import type { AccessToken, Tokens } from "../../tokens/tokens.ts";
import type { Account } from "./account.ts";
import type { Credentials, OAuth1Pair } from "../imap/login/credentials.ts";

export interface CredentialDeps {
  mailboxVault: Opener;
  partnerVault: Opener;
  tokens: Pick<Tokens, "accessToken">;
}

/** Credentials for one login, and the access token if they contain one. */
export interface OpenedCredentials {
  credentials: Credentials;
  accessToken: AccessToken | null;
}

const oauth1Token = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ token: v.string(), secret: v.string() }),
);

/**
 * Decrypts a user's credentials for one login. For OAuth 2, gets an access token.
 * @throws {TokenError} when the provider gives no access token.
 */
export async function openCredentials(
  { mailboxVault, partnerVault, tokens }: CredentialDeps,
  account: Account,
  signal: AbortSignal,
): Promise<OpenedCredentials> {
  const { userId, login } = account;
  const { kind, username } = login;
  switch (kind) {
    case "password": {
      const row = `users/${userId}/login_password` as const;
      const password = await mailboxVault.open(row, login.sealedPassword);
      return { credentials: { kind, username, password }, accessToken: null };
    }
    case "oauth2": {
      const accessToken = await tokens.accessToken(account, signal);
      const { mechanism } = login;
      return {
        credentials: { kind, username, mechanism, accessToken: accessToken.value },
        accessToken,
      };
    }
    case "oauth1": {
      const text = await mailboxVault.open(`users/${userId}/oauth1_token`, login.sealedToken);
      const { token: key, secret } = v.parse(oauth1Token, text);
      const consumerRow =
        `partner_connections/${login.connectionId}/oauth1_consumer_secret` as const;
      const consumer: OAuth1Pair = {
        key: login.consumerKey,
        secret: await partnerVault.open(consumerRow, login.sealedConsumerSecret),
      };
      return {
        credentials: { kind, username, consumer, token: { key, secret } },
        accessToken: null,
      };
    }
  }
}
