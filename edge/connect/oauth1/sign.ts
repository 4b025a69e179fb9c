import { encodeBase64 } from "@oslojs/encoding";
import OAuth from "oauth-1.0a";

export interface KeyAndSecret {
  key: string;
  secret: string;
}

export interface UnsignedRequest {
  url: string;
  /** Parameters whose names begin with `oauth_` are sent in the header, all others in the body. */
  parameters: Readonly<Record<string, string>>;
  consumer: KeyAndSecret;
  token?: KeyAndSecret;
}

/** Returns the fetch() options of a POST that is signed with HMAC-SHA1 (RFC 5849, 3.4.2). */
export async function signedPost({ url, parameters, consumer, token }: UnsignedRequest) {
  // The library needs a synchronous hash function, but WebCrypto is asynchronous. So the library
  // gets a function that returns an empty signature, and hmacSha1() below computes the real one.
  const oauth = new OAuth({ consumer, signature_method: "HMAC-SHA1", hash_function: () => "" });
  const request = { url, method: "POST", data: { ...parameters } };
  const { oauth_signature: _none, ...unsigned } = oauth.authorize(request, token);
  const base = oauth.getBaseString(request, unsigned);
  const oauth_signature = await hmacSha1(oauth.getSigningKey(token?.secret), base);
  const others = Object.entries(parameters).filter(([name]) => !name.startsWith("oauth_"));
  return {
    method: "POST",
    headers: { ...oauth.toHeader({ ...unsigned, oauth_signature }) },
    body: new URLSearchParams(others),
  };
}

async function hmacSha1(key: string, text: string): Promise<string> {
  const bytes = (value: string) => new TextEncoder().encode(value);
  const algorithm = { name: "HMAC", hash: "SHA-1" };
  const imported = await crypto.subtle.importKey("raw", bytes(key), algorithm, false, ["sign"]);
  return encodeBase64(new Uint8Array(await crypto.subtle.sign("HMAC", imported, bytes(text))));
}
