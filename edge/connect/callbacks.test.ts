import { expect, test } from "vitest";
import { chooseCallbacks, withError } from "./callbacks.ts";

const partner = {
  allowedOrigins: ["https://app.test", "http://localhost:3000/"],
  successUrl: "https://own.test/ok",
  failureUrl: "https://own.test/bad",
};
const OWN = "https://own.test/ok";

test.each([
  ["a registered origin", "https://app.test/ok?a=1", "https://app.test/ok?a=1"],
  ["another registered origin", "http://localhost:3000/ok", "http://localhost:3000/ok"],
  ["nothing", null, OWN],
  ["an empty text", "", OWN],
  ["a foreign origin", "https://evil.test/ok", OWN],
  ["a foreign scheme", "http://app.test/ok", OWN],
  ["a foreign port", "https://app.test:444/ok", OWN],
  ["a subdomain", "https://x.app.test/ok", OWN],
  ["a host that begins like a registered one", "https://app.test.evil.test/ok", OWN],
  ["a registered origin as a user name", "https://app.test@evil.test/ok", OWN],
  ["a user name", "https://me:pw@app.test/ok", OWN],
  ["a path", "/ok", OWN],
  ["a script", "javascript:alert(1)", OWN],
  ["an opaque origin", "data:text/html,x", OWN],
  ["a line break", "https://app.test/ok\r\nset-cookie: x=1", OWN],
  ["a line break in a registered origin", "https://app.\r\ntest/ok", OWN],
  ["a tab", "https://app.test/o\tk", OWN],
  ["a control character", "https://app.test/o\u0085k", OWN],
  ["an address that is too long", `https://app.test/${"a".repeat(1_000)}`, OWN],
])("chooseCallbacks() decides on %s", (_what, success, chosen) => {
  expect(chooseCallbacks({ success, failure: null }, partner)).toEqual({
    success: chosen,
    failure: "https://own.test/bad",
  });
});

test("chooseCallbacks() returns none if the partner has none", () => {
  const bare = { allowedOrigins: ["null", "nonsense"], successUrl: null, failureUrl: "nonsense" };
  expect(chooseCallbacks({ success: "data:,x", failure: "https://x.test" }, bare)).toEqual({
    success: null,
    failure: null,
  });
});

test.each([
  ["https://app.test/bad", "https://app.test/bad?error=x&error_description=a+b"],
  ["https://app.test/bad?id=7#top", "https://app.test/bad?id=7&error=x&error_description=a+b#top"],
  ["https://app.test/bad?error=old", "https://app.test/bad?error=x&error_description=a+b"],
])("withError() adds to %s", (url, expected) => {
  expect(withError(url, { error: "x", description: "a b" })).toBe(expected);
});

test("withError() adds the reason of a refused login", () => {
  const error = { error: "login_refused", description: "d", reason: "imap_disabled" };
  expect(withError("https://app.test/", error)).toBe(
    "https://app.test/?error=login_refused&error_description=d&reason=imap_disabled",
  );
});
