import type { Oauth2Mechanism } from "./token-options.ts";

export interface BearerResponse {
  login: string;
  accessToken: string;
}

/**
 * Parses an initial response that is already decoded from base64. Returns undefined if the response
 * does not have the form that the mechanism requires.
 */
export function parseBearer(
  mechanism: Oauth2Mechanism,
  response: string,
): BearerResponse | undefined {
  return mechanism === "XOAUTH2" ? parseXoauth2(response) : parseOauthbearer(response);
}

/**
 * Parses the form that Google defines:
 * https://developers.google.com/workspace/gmail/imap/xoauth2-protocol#initial_client_response
 */
function parseXoauth2(response: string): BearerResponse | undefined {
  const [user = "", auth = "", ...end] = response.split("\x01");
  const login = /^user=(.+)$/i.exec(user)?.[1];
  const accessToken = /^auth=Bearer (.+)$/i.exec(auth)?.[1];
  if (end.length !== 2 || end.join("") !== "") return undefined;
  return login && accessToken ? { login, accessToken } : undefined;
}

/**
 * Parses the form of RFC 7628, section 3.1: a GS2 header, then key=value pairs, each ended by %x01.
 */
function parseOauthbearer(response: string): BearerResponse | undefined {
  const [header = "", ...pairs] = response.split("\x01");
  const login = /^n,a=([^,]+),$/.exec(header)?.[1];
  const values = pairs.flatMap((pair) => /^auth=Bearer (.+)$/i.exec(pair)?.[1] ?? []);
  const isEnded = pairs.length >= 2 && pairs.at(-1) === "" && pairs.at(-2) === "";
  const [accessToken] = values;
  if (!login || !isEnded || accessToken === undefined || values.length > 1) return undefined;
  // In the GS2 header, a login contains "=2C" for "," and "=3D" for "=" (RFC 5801, section 4).
  return { login: login.replaceAll("=2C", ",").replaceAll("=3D", "="), accessToken };
}

/** Returns the login of a signed XOAUTH request. The login is part of the URL's path. */
export function parseLogin(request: string): string | undefined {
  const login = /^GET https:\/\/\S+\/b\/([^/\s]+)\/imap\/ /.exec(request)?.[1];
  return login === undefined ? undefined : decodeURIComponent(login);
}
