import { createHmac } from "node:crypto";
import OAuth from "oauth-1.0a";
import { expect, test } from "vitest";
import { signedPost } from "./sign.ts";

const consumer = { key: "consumer", secret: "s & ü" };

/** Returns the signature that the library computes for the parameters in a header. */
function expectedSignature(url: string, header: string, body: string, tokenSecret?: string) {
  const pairs = [...header.matchAll(/(\w+)="([^"]*)"/g)];
  const shown = Object.fromEntries(
    pairs.map(([, name = "", value = ""]) => [name, decodeURIComponent(value)]),
  );
  const { oauth_signature: signature, ...others } = shown;
  const oauth = new OAuth({
    consumer,
    signature_method: "HMAC-SHA1",
    hash_function: (text, key) => createHmac("sha1", key).update(text).digest("base64"),
  });
  const data = { ...others, ...Object.fromEntries(new URLSearchParams(body)) };
  const none = { oauth_consumer_key: "", oauth_nonce: "", oauth_signature_method: "" };
  const base = { ...none, oauth_timestamp: 0, oauth_version: "", ...data };
  const request = { url, method: "POST", data: {} };
  return { signature, expected: oauth.getSignature(request, tokenSecret, base), shown };
}

test("signedPost() signs the parameters of header and body", async () => {
  const url = "https://oauth.test/token?x=1";
  const parameters = { oauth_callback: "https://mail.test/oauth1/callback", scope: "a b" };
  const { method, headers, body } = await signedPost({ url, parameters, consumer });
  expect(method).toBe("POST");
  expect(body.toString()).toBe("scope=a+b");
  const { signature, expected, shown } = expectedSignature(
    url,
    headers.Authorization,
    body.toString(),
  );
  expect(signature).toBe(expected);
  expect(shown).toMatchObject({
    oauth_consumer_key: "consumer",
    oauth_callback: "https://mail.test/oauth1/callback",
    oauth_signature_method: "HMAC-SHA1",
  });
});

test("signedPost() signs with a token, whose secret is nowhere to be seen", async () => {
  const url = "https://oauth.test/access";
  const token = { key: "token", secret: "hunter2" };
  const parameters = { oauth_verifier: "v" };
  const signed = await signedPost({ url, parameters, consumer, token });
  const { signature, expected, shown } = expectedSignature(
    url,
    signed.headers.Authorization,
    "",
    token.secret,
  );
  expect(signature).toBe(expected);
  expect(shown).toMatchObject({ oauth_token: "token", oauth_verifier: "v" });
  expect(JSON.stringify(signed)).not.toContain("hunter2");
});
