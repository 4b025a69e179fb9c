import * as v from "valibot";
import { expect, test } from "vitest";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const SIGNED_OUT = { status: 401, body: { code: "sign-in-required" } };
const CONFLICT = { status: 409, body: { code: "conflict" } };
const ROLE_REQUIRED = { status: 403, body: { code: "role-required" } };
const NOT_FOUND = { status: 404, body: { code: "not-found" } };
const madeAdmin = v.object({
  admin: v.object({ id: v.string(), email: v.string() }),
  one_time_password: v.string(),
});
const reset = v.object({ one_time_password: v.string() });

/** The bodies of requests whose methods need one. */
const BODIES: Readonly<Record<string, object>> = {
  PATCH: { body: { name: "X" } },
  PUT: { body: { role: "viewer" } },
};

const readAudit = (id: string) =>
  query("select actor, action, before, after from audit_log where subject_id = $1 order by id", [
    id,
  ]);

const lock = (id: string) =>
  query(
    "update admin_users set failed_tries = 3, locked_until = now() + interval '1 hour' where id = $1",
    [id],
  );

test("an admin creates another, who signs in with the password that was shown once", async () => {
  const { id: actor, browser } = await admin.signedIn();
  const fields = { email: "Ada@Example.com", name: "  Ada  ", role: "support" };
  const answer = await browser.call("POST", "/admins", { body: fields });
  expect(answer.status).toBe(201);
  const made = v.parse(madeAdmin, answer.body);
  expect(made.one_time_password).toMatch(/^(\w{4}-){3}\w{4}$/);
  const shown = await browser.call("GET", `/admins/${made.admin.id}`);
  expect(shown).toMatchObject({
    status: 200,
    body: {
      email: "Ada@Example.com",
      name: "Ada",
      role: "support",
      password: "one_time",
      last_sign_in_at: null,
    },
  });
  expect(shown.text).not.toContain(made.one_time_password);

  const ada = admin.newBrowser();
  const signedIn = await ada.signIn("ada@example.com", { password: made.one_time_password });
  expect(signedIn).toMatchObject({ status: 201, body: { must_change_password: true } });
  expect(await readAudit(made.admin.id)).toEqual([
    {
      actor: `admin:${actor}`,
      action: "admin.created",
      before: null,
      after: { email: "Ada@Example.com", name: "Ada", role: "support" },
    },
  ]);
});

test("all admins are listed, without their secrets", async () => {
  const { id, browser } = await admin.signedIn();
  const { status, text } = await browser.call("GET", "/admins?limit=200");
  expect(status).toBe(200);
  expect(text).toContain(id);
  expect(text).not.toMatch(/scrypt|hash|sealed/);
});

test.each([
  [{ name: "A" }, "/email", "is missing"],
  [{ email: "nobody", name: "A" }, "/email", "must be an e-mail address"],
  [{ email: "a@b.test\u0000", name: "A" }, "/email", "control characters"],
  [{ email: "a@b.test" }, "/name", "is missing"],
  [{ email: "a@b.test", name: "  " }, "/name", "must not be blank"],
  [{ email: "a@b.test", name: "x".repeat(101) }, "/name", "at most 100"],
  [{ email: "a@b.test", name: "A" }, "/role", "is missing"],
  [{ email: "a@b.test", name: "A", role: "root" }, "/role", "must be one of viewer, support"],
  [{ email: "a@b.test", name: "A", password: "mine" }, "/password", "not a known field"],
])("no admin is created from %j", async (body, pointer, detail) => {
  const { browser } = await admin.signedIn();
  const fault = { pointer, detail: expect.stringContaining(detail) };
  const errors = expect.arrayContaining([fault]);
  expect(await browser.call("POST", "/admins", { body })).toMatchObject({
    status: 422,
    body: { errors },
  });
});

test("an address belongs to one admin, however it is written", async () => {
  const { browser, email, id } = await admin.signedIn();
  const other = await admin.newAdmin();
  const errors = [{ pointer: "/email", detail: "belongs to another admin" }];
  const body = { email: email.toUpperCase(), name: "Another" };
  const taken = { status: 409, body: { code: "conflict", errors } };
  const created = { body: { ...body, role: "viewer" } };
  expect(await browser.call("POST", "/admins", created)).toMatchObject(taken);
  expect(await browser.call("PATCH", `/admins/${other.id}`, { body })).toMatchObject(taken);
  expect((await browser.call("PATCH", `/admins/${id}`, { body })).status).toBe(200);
});

test("a change is stored, and the audit log has the old values", async () => {
  const { browser } = await admin.signedIn();
  const { id, email } = await admin.newAdmin();
  const body = { name: "Grace" };
  const changed = await browser.call("PATCH", `/admins/${id}`, { body });
  expect(changed).toMatchObject({ status: 200, body: { name: "Grace", email } });
  await browser.call("PATCH", `/admins/${id}`, { body });
  await browser.call("PATCH", `/admins/${id}`, { body: {} });
  expect(await readAudit(id)).toMatchObject([
    {
      action: "admin.changed",
      before: { email, name: expect.stringContaining("Admin") },
      after: { email, name: "Grace" },
    },
  ]);
});

test("a removed admin is signed out and cannot come back", async () => {
  const { browser } = await admin.signedIn();
  const other = await admin.signedIn();
  expect((await browser.call("DELETE", `/admins/${other.id}`)).status).toBe(204);
  expect(await other.browser.call("GET", "/session")).toMatchObject(SIGNED_OUT);
  expect((await admin.newBrowser().signIn(other.email)).status).toBe(401);
  expect(await browser.call("DELETE", `/admins/${other.id}`)).toMatchObject(NOT_FOUND);
  expect(await readAudit(other.id)).toMatchObject([
    { action: "admin.removed", before: { email: other.email }, after: null },
  ]);
});

test("admins cannot remove, reset or weaken their own account, so one owner is always left", async () => {
  const { id, browser } = await admin.signedIn();
  for (const [method, path] of [
    ["DELETE", `/admins/${id}`],
    ["POST", `/admins/${id}/password`],
    ["DELETE", `/admins/${id}/totp`],
    ["PUT", `/admins/${id}/role`],
  ] as const) {
    const request = method === "PUT" ? { body: { role: "viewer" } } : {};
    expect(await browser.call(method, path, request)).toMatchObject(CONFLICT);
  }
  expect((await browser.call("GET", "/session")).status).toBe(200);
});

test("when two admins remove each other at the same time, one stays", async () => {
  const [one, two] = await Promise.all([admin.signedIn(), admin.signedIn()]);
  const answers = await Promise.all([
    one.browser.call("DELETE", `/admins/${two.id}`),
    two.browser.call("DELETE", `/admins/${one.id}`),
  ]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 401]);
  const left = await query("select id from admin_users where id = any($1)", [[one.id, two.id]]);
  expect(left).toHaveLength(1);
});

test("a new role applies to the next request, and the audit log has the old one", async () => {
  const { browser } = await admin.signedIn();
  const other = await admin.signedIn("chosen", "viewer");
  const change = (role: string) =>
    browser.call("PUT", `/admins/${other.id}/role`, { body: { role } });
  expect(await other.browser.call("GET", "/audit-log")).toMatchObject(ROLE_REQUIRED);
  for (let n = 0; n < 2; n++) expect((await change("operator")).status).toBe(204);
  expect((await other.browser.call("GET", "/audit-log")).status).toBe(200);
  expect(await other.browser.call("GET", "/session")).toMatchObject({
    body: { admin: { role: "operator" } },
  });
  expect((await change("viewer")).status).toBe(204);
  expect(await other.browser.call("GET", "/audit-log")).toMatchObject(ROLE_REQUIRED);
  expect(await readAudit(other.id)).toMatchObject([
    { action: "admin.role_changed", before: { role: "viewer" }, after: { role: "operator" } },
    { action: "admin.role_changed", before: { role: "operator" }, after: { role: "viewer" } },
  ]);
});

test("when two owners demote each other at the same time, one stays an owner", async () => {
  const [one, two] = await Promise.all([admin.signedIn(), admin.signedIn()]);
  const body = { role: "viewer" };
  const answers = await Promise.all([
    one.browser.call("PUT", `/admins/${two.id}/role`, { body }),
    two.browser.call("PUT", `/admins/${one.id}/role`, { body }),
  ]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([204, 403]);
  const left = await query("select role from admin_users where id = any($1) order by role", [
    [one.id, two.id],
  ]);
  expect(left).toEqual([{ role: "owner" }, { role: "viewer" }]);
});

test("every role but the owner sees and ends only its own sessions", async () => {
  const { id, browser } = await admin.signedIn("chosen", "operator");
  const other = await admin.signedIn();
  const { text } = await browser.call("GET", "/sessions?limit=200");
  expect(text).toContain(id);
  expect(text).not.toContain(other.id);
  const sessionOf = async (owner: string) =>
    String((await query("select id from admin_sessions where admin_id = $1", [owner]))[0]?.["id"]);
  const end = async (owner: string) =>
    browser.call("DELETE", `/sessions/${await sessionOf(owner)}`);
  expect(await end(other.id)).toMatchObject(NOT_FOUND);
  expect((await end(id)).status).toBe(204);
});

test("a reset password only lets the admin set a new one; old password, lock and sessions end", async () => {
  const { browser } = await admin.signedIn();
  const other = await admin.signedIn();
  const answer = await browser.call("POST", `/admins/${other.id}/password`);
  const { one_time_password: password } = v.parse(reset, answer.body);
  expect(await other.browser.call("GET", "/session")).toMatchObject(SIGNED_OUT);
  expect((await admin.newBrowser().signIn(other.email)).status).toBe(401);
  await lock(other.id);
  const again = await browser.call("POST", `/admins/${other.id}/password`);
  const { one_time_password: newer } = v.parse(reset, again.body);
  expect((await admin.newBrowser().signIn(other.email, { password })).status).toBe(401);
  expect(await admin.newBrowser().signIn(other.email, { password: newer })).toMatchObject({
    status: 201,
    body: { must_change_password: true },
  });
});

test("an admin unlocks another", async () => {
  const { browser } = await admin.signedIn();
  const { id, email } = await admin.newAdmin();
  await lock(id);
  expect(await browser.call("GET", `/admins/${id}`)).toMatchObject({
    body: { locked_until: expect.any(String) },
  });
  for (let n = 0; n < 2; n++) {
    expect((await browser.call("POST", `/admins/${id}/unlock`)).status).toBe(204);
  }
  expect(await browser.call("GET", `/admins/${id}`)).toMatchObject({
    body: { locked_until: null },
  });
  expect((await admin.newBrowser().signIn(email)).status).toBe(201);
  const actions = (await readAudit(id)).map(({ action }) => action);
  expect(actions).toEqual(["admin.unlocked"]);
});

test("an admin removes the second factor of an admin who lost it", async () => {
  const { browser } = await admin.signedIn();
  const other = await admin.signedIn();
  await query(
    "update admin_users set sealed_totp_secret = 'x', totp_confirmed_at = now() where id = $1",
    [other.id],
  );
  expect(await admin.newBrowser().signIn(other.email)).toMatchObject({
    body: { code: "code-required" },
  });
  for (let n = 0; n < 2; n++) {
    expect((await browser.call("DELETE", `/admins/${other.id}/totp`)).status).toBe(204);
  }
  expect(await other.browser.call("GET", "/session")).toMatchObject(SIGNED_OUT);
  expect((await admin.newBrowser().signIn(other.email)).status).toBe(201);
});

test.each(["adm_0000000000000000000000", "nothing", "%00", "%ff", "ses_0000000000000000000000"])(
  "there is no admin %s",
  async (id) => {
    const { browser } = await admin.signedIn();
    for (const [method, path] of [
      ["GET", ""],
      ["PATCH", ""],
      ["DELETE", ""],
      ["POST", "/password"],
      ["POST", "/unlock"],
      ["DELETE", "/totp"],
      ["PUT", "/role"],
    ] as const) {
      const request = BODIES[method] ?? {};
      expect(await browser.call(method, `/admins/${id}${path}`, request)).toMatchObject(NOT_FOUND);
    }
  },
);
