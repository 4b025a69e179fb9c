import { expect, test } from "vitest";
import { PASSWORD, useAdmin } from "../use-admin.ts";

const admin = useAdmin();

const FORBIDDEN = { status: 403, body: { code: "forbidden" } };

test.each([
  ["from another origin", { origin: "https://evil.test" }],
  ["from a sandbox, which has no origin", { origin: "null" }],
  ["from a page of another site", { "sec-fetch-site": "cross-site" }],
  ["from another subdomain", { "sec-fetch-site": "same-site" }],
])("a request %s is refused, whatever cookie comes along", async (_whence, headers) => {
  const { browser, email } = await admin.signedIn();
  const body = { email, password: PASSWORD };
  for (const [method, path] of [
    ["GET", "/session"],
    ["GET", "/admins"],
    ["POST", "/session"],
    ["DELETE", "/session"],
  ] as const) {
    const answer = await browser.call(method, path, {
      headers,
      ...(method === "POST" && { body }),
    });
    expect([method, path, answer]).toMatchObject([method, path, FORBIDDEN]);
    expect(answer.headers.getSetCookie()).toEqual([]);
    expect(answer.headers.has("access-control-allow-origin")).toBe(false);
  }
  expect((await browser.call("GET", "/session")).status).toBe(200);
});

test.each([
  ["a form", "application/x-www-form-urlencoded", "email=a%40b.test&password=x"],
  ["plain text, which needs no leave", "text/plain", '{"email":"a@b.test","password":"x"}'],
])("%s cannot be used to sign in", async (_what, contentType, body) => {
  const answer = await admin.newBrowser().call("POST", "/session", {
    body,
    headers: { "content-type": contentType },
  });
  expect(answer).toMatchObject({ status: 415, body: { code: "unsupported-media-type" } });
});

test.each([
  ["is empty", "", 422, "invalid-input"],
  ["is no JSON", "{", 400, "malformed-body"],
  ["is a list", "[]", 422, "invalid-input"],
  ["is null", "null", 422, "invalid-input"],
  ["is too large", `{"email":"${"x".repeat(70_000)}"}`, 413, "body-too-large"],
])("a body that %s is refused", async (_what, body, status, code) => {
  const answer = await admin.newBrowser().call("POST", "/session", { body });
  expect(answer).toMatchObject({ status, body: { code } });
});

test("every answer forbids framing, storing, and loading of foreign files", async () => {
  const { browser } = await admin.signedIn();
  for (const path of ["/session", "/nothing"]) {
    const { headers } = await browser.call("GET", path);
    const policy = headers.get("content-security-policy") ?? "";
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("unsafe");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("cross-origin-resource-policy")).toBe("same-origin");
  }
});

test("an unknown path is 404 for a signed-in admin, and hidden from all others", async () => {
  const { browser } = await admin.signedIn();
  expect(await browser.call("GET", "/nothing")).toMatchObject({ status: 404 });
  expect(await admin.newBrowser().call("GET", "/nothing")).toMatchObject({ status: 401 });
});
