import * as v from "valibot";
import { expect, test } from "vitest";
import type { AdminRole } from "../../../shared/admin-roles.ts";
import type { AdminBrowser } from "../admin-browser.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const SIGNED_OUT = { status: 401, body: { code: "sign-in-required" } };
const ROLE_REQUIRED = { status: 403, body: { code: "role-required" } };
const created = v.object({ id: v.string(), token: v.string(), expires_at: v.string() });

async function createToken(browser: AdminBrowser, role: AdminRole) {
  const body = { name: "deploy", role, expires_in_days: 30 };
  const answer = await browser.call("POST", "/api-tokens", { body });
  expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
  const { id, token } = v.parse(created, answer.body);
  /** Calls the API as a program does: with the token, without a cookie and an Origin. */
  const call = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${admin.stack().url}/admin/api${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, text, body: text === "" ? null : JSON.parse(text) };
  };
  return { id, token, call };
}

test("an API token acts with its role in the name of its admin, and the audit log names it", async () => {
  const { id: actor, browser } = await admin.signedIn();
  const { id, token, call } = await createToken(browser, "operator");
  expect(token).toMatch(/^simap_admin_[0-9A-Za-z]{43}$/);
  expect((await call("GET", "/users")).status).toBe(200);
  expect(await call("GET", "/admins")).toMatchObject(ROLE_REQUIRED);
  const made = await call("POST", "/partners", { name: "By a program" });
  expect([made.status, made.text]).toEqual([201, expect.any(String)]);

  const list = await browser.call("GET", `/audit-log?actor=admin:${actor}/${id}`);
  const name = expect.stringContaining("Admin");
  expect(list.body).toMatchObject({
    entries: [{ action: "partner.created", actor_name: name, by_api_token: true }],
  });
  const [row] = await query("select t::text as row from admin_api_tokens t where id = $1", [id]);
  expect(String(row?.["row"])).not.toContain(token);
  expect((await browser.call("GET", "/audit-log")).text).not.toContain(token);
});

test("the last use of an API token is listed, and written once a minute", async () => {
  const { browser } = await admin.signedIn("chosen", "viewer");
  const { id, call } = await createToken(browser, "viewer");
  const other = await createToken((await admin.signedIn()).browser, "viewer");
  const seen = async () => query("select last_used_at from admin_api_tokens where id = $1", [id]);
  const before = await seen();
  expect(before).toEqual([{ last_used_at: null }]);
  await call("GET", "/users");
  const used = await seen();
  expect(used).not.toEqual(before);
  await call("GET", "/users");
  expect(await seen()).toEqual(used);

  const { body, text } = await browser.call("GET", "/api-tokens");
  expect(body).toMatchObject({
    tokens: [{ id, role: "viewer", last_used_at: expect.any(String) }],
  });
  expect(text).not.toContain(other.id);
  expect((await browser.call("DELETE", `/api-tokens/${other.id}`)).status).toBe(404);
});

test("an API token is refused once it is revoked or expired, or its admin's password is reset", async () => {
  const owner = await admin.signedIn();
  const { id, browser } = await admin.signedIn("chosen", "support");
  const [revoked, expired, reset] = [
    await createToken(browser, "support"),
    await createToken(browser, "support"),
    await createToken(browser, "support"),
  ];
  expect((await revoked.call("GET", "/users")).status).toBe(200);
  expect((await owner.browser.call("DELETE", `/api-tokens/${revoked.id}`)).status).toBe(204);
  expect(await revoked.call("GET", "/users")).toMatchObject(SIGNED_OUT);
  await query("update admin_api_tokens set expires_at = now() where id = $1", [expired.id]);
  expect(await expired.call("GET", "/users")).toMatchObject(SIGNED_OUT);
  expect((await owner.browser.call("POST", `/admins/${id}/password`)).status).toBe(200);
  expect(await reset.call("GET", "/users")).toMatchObject(SIGNED_OUT);
});

test("an API token has no higher role than its admin, and manages neither tokens nor sessions", async () => {
  const owner = await admin.signedIn();
  const { id, browser } = await admin.signedIn("chosen", "operator");
  const higher = { name: "x", role: "owner", expires_in_days: 1 };
  expect(await browser.call("POST", "/api-tokens", { body: higher })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: "/role" }] },
  });
  const { call } = await createToken(browser, "operator");
  expect((await call("GET", "/audit-log")).status).toBe(200);
  const body = { role: "viewer" };
  expect((await owner.browser.call("PUT", `/admins/${id}/role`, { body })).status).toBe(204);
  expect(await call("GET", "/audit-log")).toMatchObject(ROLE_REQUIRED);
  for (const [method, path] of [
    ["GET", "/session"],
    ["DELETE", "/session"],
    ["POST", "/totp"],
    ["GET", "/api-tokens"],
    ["POST", "/api-tokens"],
    ["DELETE", "/sessions/ses_0000000000000000000000"],
  ] as const) {
    const answer = await call(method, path, method === "POST" ? higher : undefined);
    const detail = expect.stringContaining("Cannot do this with an API token");
    const refusal = { status: 403, body: { code: "forbidden", detail } };
    expect([path, answer]).toMatchObject([path, refusal]);
  }
});
