import * as v from "valibot";
import { expect, test } from "vitest";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const NOT_FOUND = { status: 404, body: { code: "not-found" } };
const withId = v.object({ id: v.string() });
const removal = v.object({ purge: v.looseObject({ id: v.string() }) });
const SECRET = "GOCSPX-do-not-show-me";

async function withPartner() {
  const one = await admin.signedIn();
  const partner = await admin.stack().newPartner();
  return { actor: `admin:${one.id}`, browser: one.browser, partner };
}

async function withConnection(code: string, fields: object = {}) {
  const made = await withPartner();
  const body = { imap_provider_code: code, ...fields };
  const path = `/partners/${made.partner.id}/connections`;
  const answer = await made.browser.call("POST", path, { body });
  expect(answer.status).toBe(201);
  return { ...made, answer, id: v.parse(withId, answer.body).id };
}

const readAudit = (id: string) =>
  query(
    "select actor, action, before, after, details from audit_log where subject_id = $1 order by id",
    [id],
  );

test("a connection is created, listed and shown, but never its secret", async () => {
  const fields = { oauth2_client_id: "client", oauth2_client_secret: SECRET };
  const { actor, browser, partner, answer, id } = await withConnection("GMAIL_OAUTH2", fields);
  const expected = {
    id,
    partner_id: partner.id,
    imap_provider_code: "GMAIL_OAUTH2",
    provider_id: "prv_gmail_oauth2",
    provider_title: "Gmail",
    kind: "oauth2",
    oauth2_client_id: "client",
    secret_set: true,
    users_count: 0,
  };
  expect(answer.body).toMatchObject(expected);
  const listed = await browser.call("GET", `/partners/${partner.id}/connections`);
  expect(listed.body).toEqual({ connections: [answer.body], next_cursor: null });
  const shown = await browser.call("GET", `/connections/${id}`);
  expect(shown.body).toEqual(answer.body);
  expect(answer.text + listed.text + shown.text).not.toMatch(/GOCSPX|sealed/);
  const audit = await readAudit(id);
  expect(audit).toMatchObject([
    {
      actor,
      action: "connection.created",
      details: { partner_id: partner.id },
      after: { oauth2_client_id: "client", secret_set: true },
    },
  ]);
  expect(JSON.stringify(audit)).not.toContain(SECRET);
  const [row] = await query("select * from partner_connections where id = $1", [id]);
  const sealed = String(row?.["sealed_oauth2_client_secret"]);
  const place = `partner_connections/${id}/oauth2_client_secret` as const;
  expect(await admin.stack().vaults.partner.open(place, sealed)).toBe(SECRET);
});

test("a partner has one connection to a provider", async () => {
  const { browser, partner } = await withConnection("PLAIN");
  const body = { imap_provider_code: "PLAIN" };
  expect(await browser.call("POST", `/partners/${partner.id}/connections`, { body })).toMatchObject(
    { status: 409, body: { errors: [{ pointer: "/imap_provider_code" }] } },
  );
});

test.each([
  [{}, "/imap_provider_code", "is missing"],
  [{ imap_provider_code: "NOBODY" }, "/imap_provider_code", "is not the code"],
  [{ imap_provider_code: "GMAIL_OAUTH1" }, "/imap_provider_code", "switched off"],
  [{ imap_provider_code: "PLAIN", oauth2_client_id: "x" }, "/oauth2_client_id", "is not for"],
  [
    { imap_provider_code: "GMAIL_OAUTH2", oauth2_client_secret: "a\nb" },
    "/oauth2_client_secret",
    "line breaks",
  ],
  [{ imap_provider_code: "PLAIN", secret: "x" }, "/secret", "is not a known field"],
])("a connection of %j is refused at its field", async (body, pointer, detail) => {
  const { browser, partner } = await withPartner();
  const answer = await browser.call("POST", `/partners/${partner.id}/connections`, { body });
  expect(answer).toMatchObject({
    status: 422,
    body: { errors: [{ pointer, detail: expect.stringContaining(detail) }] },
  });
});

test("a connection is changed, and the change is logged without the secret", async () => {
  const { actor, browser, partner, id } = await withConnection("GMAIL_OAUTH2", {
    oauth2_client_id: "client",
  });
  const path = `/connections/${id}`;
  const change = { oauth2_client_id: "other", oauth2_client_secret: SECRET };
  const changed = await browser.call("PATCH", path, { body: change });
  expect(changed).toMatchObject({
    status: 200,
    body: { oauth2_client_id: "other", secret_set: true, partner_id: partner.id },
  });
  await browser.call("PATCH", path, { body: { oauth2_client_id: "other" } });
  const cleared = await browser.call("PATCH", path, { body: { oauth2_client_secret: null } });
  expect(cleared.body).toMatchObject({ secret_set: false });
  const audit = await readAudit(id);
  expect(audit).toMatchObject([
    { action: "connection.created" },
    {
      actor,
      action: "connection.changed",
      before: { oauth2_client_id: "client", secret_set: false },
      after: { oauth2_client_id: "other", secret_set: true },
    },
    { action: "connection.changed", after: { secret_set: false } },
  ]);
  expect(JSON.stringify(audit)).not.toContain(SECRET);
  const wrong = await browser.call("PATCH", path, { body: { oauth1_consumer_key: "x" } });
  const errors = [{ pointer: "/oauth1_consumer_key" }];
  expect(wrong).toMatchObject({ status: 422, body: { errors } });
});

test("a connection is removed with its users, and the progress is shown", async () => {
  const { actor, browser, id } = await withConnection("PLAIN");
  await browser.call("POST", `/connections/${id}/users`, { body: { tag: "one" } });
  const removed = await browser.call("DELETE", `/connections/${id}`);
  expect(removed).toMatchObject({
    status: 202,
    body: { purge: { scope: "connection", state: "waiting", total: 1, done: 0 } },
  });
  const { purge } = v.parse(removal, removed.body);
  const progress = await browser.call("GET", `/purges/${purge.id}`);
  expect(progress).toMatchObject({ status: 200, body: purge });
  for (const method of ["GET", "PATCH", "DELETE"]) {
    const request = method === "PATCH" ? { body: {} } : {};
    expect(await browser.call(method, `/connections/${id}`, request)).toMatchObject(NOT_FOUND);
  }
  expect(await readAudit(id)).toMatchObject([
    { action: "connection.created" },
    { actor, action: "connection.removed", before: { users_count: 1 } },
  ]);
  const { body } = await browser.call("GET", `/users?connection_id=${id}`);
  expect(body).toEqual({ users: [], next_cursor: null, total: { count: 0, is_more: false } });
});

test.each(["con_0000000000000000000000", "nothing", "%00", "%ff"])(
  "there is no connection or removal %s",
  async (id) => {
    const { browser } = await admin.signedIn();
    for (const [method, path] of [
      ["GET", `/connections/${id}`],
      ["PATCH", `/connections/${id}`],
      ["DELETE", `/connections/${id}`],
      ["GET", `/purges/${id}`],
    ] as const) {
      const request = method === "PATCH" ? { body: {} } : {};
      expect(await browser.call(method, path, request)).toMatchObject(NOT_FOUND);
    }
    const body = { tag: "x" };
    const answer = await browser.call("POST", `/connections/${id}/users`, { body });
    expect(answer).toMatchObject(NOT_FOUND);
  },
);
