import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { xoauthRequest } from "./xoauth.ts";

const credentials = {
  kind: "oauth1",
  username: "ann@example.com",
  consumer: { key: "consumer", secret: "consumer secret" },
  token: { key: "tok/en", secret: "token secret" },
} as const;

/**
 * Computes the signature of RFC 5849, 3.4 without the OAuth library that `xoauthRequest()` uses.
 */
function computeSignature(url: string, parameters: Map<string, string>): string {
  const encode = encodeURIComponent;
  const pairs = [...parameters].filter(([name]) => name !== "oauth_signature").toSorted();
  const normal = pairs.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&");
  const base = `GET&${encode(url)}&${encode(normal)}`;
  const key = `${encode(credentials.consumer.secret)}&${encode(credentials.token.secret)}`;
  return createHmac("sha1", key).update(base).digest("base64");
}

test("an XOAUTH request is a GET of the mailbox, signed with both secrets", () => {
  const [method, url = "", list = ""] = xoauthRequest(credentials).split(" ");
  expect([method, url]).toEqual(["GET", "https://mail.google.com/mail/b/ann%40example.com/imap/"]);
  const parameters = new Map(
    list.split(",").map((pair) => {
      const [, name = "", value = ""] = /^(\w+)="(.*)"$/.exec(pair) ?? [];
      return [name, decodeURIComponent(value)];
    }),
  );
  expect(parameters.get("oauth_consumer_key")).toBe("consumer");
  expect(parameters.get("oauth_token")).toBe("tok/en");
  expect(parameters.get("oauth_signature_method")).toBe("HMAC-SHA1");
  expect(parameters.get("oauth_signature")).toBe(computeSignature(url, parameters));
});

test("no two XOAUTH requests are alike", () => {
  expect(xoauthRequest(credentials)).not.toBe(xoauthRequest(credentials));
});
