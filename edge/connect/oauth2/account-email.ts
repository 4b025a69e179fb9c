import { protectedResourceRequest } from "oauth4webapi";
import * as v from "valibot";
import type { Provider } from "../../../db/partners/providers.ts";
import { ConnectFailure } from "../failures.ts";
import { requestOptions } from "./client.ts";
import { pickEmail, identity, type Identity } from "./identity.ts";
import { verifyIdToken } from "./id-token.ts";

export interface Granted {
  clientId: string;
  nonce: string;
  accessToken: string;
  idToken: string | undefined;
}

export interface ToldAccount {
  email: string;
  /**
   * Other names of the account in the verified ID token. The mail server may know the account by
   * one of these names.
   */
  otherNames: (string | undefined)[];
}

/**
 * Returns the account's address from its ID token. If the token has no address, asks the provider's
 * userinfo endpoint.
 *
 * @throws {ConnectFailure} when neither source has a valid address.
 */
export async function findAccount(provider: Provider, granted: Granted): Promise<ToldAccount> {
  const { oauthIssuer: issuer, oauthJwksUrl: jwksUrl, oauthUserinfoUrl } = provider;
  const claims =
    granted.idToken !== undefined && issuer !== null && jwksUrl !== null
      ? await verifyIdToken(granted.idToken, { ...granted, issuer, jwksUrl })
      : undefined;
  // Microsoft's sign-in services (Entra, ADFS) send the login name as `upn`. Their
  // `preferred_username` may be any text, so `upn` is needed as well.
  const otherNames = [claims?.preferred_username, claims?.upn];
  const known = claims && pickEmail(claims);
  if (known !== undefined) return { email: known, otherNames };
  const asked = oauthUserinfoUrl && (await askUserinfo(oauthUserinfoUrl, granted.accessToken));
  if (asked && claims?.sub !== undefined && asked.sub !== undefined && asked.sub !== claims.sub) {
    throw new ConnectFailure("provider_error", "Userinfo is of another account than the ID token");
  }
  const email = asked && pickEmail(asked);
  if (!email)
    throw new ConnectFailure("email_missing", "The provider did not name an e-mail address");
  return { email, otherNames };
}

const answer = v.pipe(v.string(), v.parseJson(), identity);

async function askUserinfo(url: string, accessToken: string): Promise<Identity> {
  const response = await protectedResourceRequest(
    accessToken,
    "GET",
    new URL(url),
    undefined,
    undefined,
    requestOptions(url),
  );
  const parsed = v.safeParse(answer, await response.text());
  if (response.ok && parsed.success) return parsed.output;
  throw new ConnectFailure("provider_error", `Userinfo answered ${response.status}`);
}
