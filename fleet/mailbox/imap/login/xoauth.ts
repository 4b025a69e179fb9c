import { createHmac } from "node:crypto";
import OAuth from "oauth-1.0a";
import type { Credentials } from "./credentials.ts";

/**
 * Builds the request of XOAUTH, before base64: `GET <url> oauth_consumer_key="…",…`
 * (developers.google.com/gmail/imap/oauth_protocol, as of 2010). The URL is signed but never
 * fetched. Each request is valid once.
 */
export function xoauthRequest({
  username,
  consumer,
  token,
}: Extract<Credentials, { kind: "oauth1" }>): string {
  const url = `https://mail.google.com/mail/b/${encodeURIComponent(username)}/imap/`;
  const oauth = new OAuth({
    consumer,
    signature_method: "HMAC-SHA1",
    hash_function: (text, key) => createHmac("sha1", key).update(text).digest("base64"),
    parameter_seperator: ",",
  });
  const signed = oauth.authorize({ url, method: "GET" }, token);
  return `GET ${url} ${oauth.toHeader(signed).Authorization.slice("OAuth ".length)}`;
}
