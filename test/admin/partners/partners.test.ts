import { Buffer } from "node:buffer";
import * as v from "valibot";
import { expect, test } from "vitest";
import { findPartnerSettings } from "../../../db/partners/partner-settings.ts";
import { openWebhooks } from "../../../db/partners/partner-webhooks.ts";
import { createApiCaller } from "../../harness/api-caller.ts";
import { useAdmin } from "../use-admin.ts";

const settings = { ALLOW_PRIVATE_HOSTS: "false" };
const admin = useAdmin(settings);
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const NOT_FOUND = { status: 404, body: { code: "not-found" } };
const madePartner = v.object({
  partner: v.object({ id: v.string(), name: v.string() }),
  api_key: v.string(),
  webhook_secret: v.string(),
});
const page = v.object({
  partners: v.array(v.looseObject({ id: v.string(), name: v.string() })),
  next_cursor: v.nullable(v.string()),
});

const readAudit = (id: string) =>
  query("select actor, action, before, after from audit_log where subject_id = $1 order by id", [
    id,
  ]);
const readPokes = (id: string) => query("select kind from outbox where partner_id = $1", [id]);

async function newPartner(fields: object = {}) {
  const one = await admin.signedIn();
  const body = { name: `Partner ${crypto.randomUUID()}`, ...fields };
  const answer = await one.browser.call("POST", "/partners", { body });
  expect(answer).toMatchObject({ status: 201 });
  return { ...one, admin: one.id, ...v.parse(madePartner, answer.body), answer };
}

test("a partner is created with a key and a secret that are shown once and work", async () => {
  const {
    admin: actor,
    browser,
    partner,
    api_key,
    webhook_secret,
    answer,
  } = await newPartner({
    name: "  Ada & Co ",
    success_url: "https://app.test/done",
    allowed_origins: ["https://app.test/", "http://localhost:3000", "https://app.test"],
    new_mail_webhook: "https://user:hunter2@hooks.test/new?x=1",
    payload_format: "parsed",
    ordered: true,
  });
  const shown = await browser.call("GET", `/partners/${partner.id}`);
  expect(shown).toMatchObject({
    status: 200,
    body: {
      name: "Ada & Co",
      success_url: "https://app.test/done",
      failure_url: null,
      allowed_origins: ["https://app.test", "http://localhost:3000"],
      new_mail_webhook: "https://user:***@hooks.test/new?x=1",
      payload_format: "parsed",
      ordered: true,
      paused_at: null,
      paused_by: null,
      lane: { state: "unreported" },
      connections_count: 0,
      users_by_state: {},
      removed_at: null,
      removal: null,
    },
  });
  expect(shown.text).not.toContain(api_key);
  expect(shown.text).not.toContain(webhook_secret);
  expect(answer.text).not.toContain("hunter2");
  const used = await createApiCaller(admin.stack().url, api_key)("GET", "/connections");
  expect(used.status).toBe(200);
  const audit = await readAudit(partner.id);
  expect(audit).toMatchObject([
    { actor: `admin:${actor}`, action: "partner.created", after: { name: "Ada & Co" } },
  ]);
  expect(JSON.stringify(audit)).not.toContain("hunter2");
  expect(await readPokes(partner.id)).toEqual([{ kind: "partner_changed" }]);
});

test("a partner's settings are changed, differences are logged, and absent ones stay", async () => {
  const { browser, partner } = await newPartner({ new_mail_webhook: "https://a.test/new" });
  const change = { name: "New", new_mail_webhook: "https://b.test/new", failure_url: "" };
  const answer = await browser.call("PATCH", `/partners/${partner.id}`, { body: change });
  expect(answer).toMatchObject({
    status: 200,
    body: { name: "New", new_mail_webhook: "https://b.test/new", failure_url: null },
  });
  const again = await browser.call("PATCH", `/partners/${partner.id}`, { body: change });
  expect(again.status).toBe(200);
  expect(await readAudit(partner.id)).toMatchObject([
    { action: "partner.created" },
    {
      action: "partner.changed",
      before: { name: partner.name, new_mail_webhook: "https://a.test/new" },
      after: { name: "New", new_mail_webhook: "https://b.test/new" },
    },
  ]);
  expect(await readPokes(partner.id)).toHaveLength(2);
});

test("a partner has a logo, a color and documents for its connect pages", async () => {
  const { browser, partner } = await newPartner();
  const path = `/partners/${partner.id}`;
  // The smallest PNG: its signature and its header.
  const logo = Buffer.from("89504e470d0a1a0a0000000d49484452000000010000000108060000", "hex");
  const change = {
    ...{ privacy_url: "https://a.test/privacy", terms_url: "https://a.test/terms" },
    ...{ website_url: "https://a.test", accent_color: "#1D4ED8" },
    ...{ consent_page: false, provider_choice: true },
  };
  const answer = await browser.call("PATCH", path, {
    body: { ...change, logo: logo.toString("base64") },
  });
  const shown = { ...change, logo_digest: expect.any(String) };
  expect(answer).toMatchObject({ status: 200, body: shown });
  expect(answer.text).not.toContain(logo.toString("base64"));
  const { logo_digest } = v.parse(v.object({ logo_digest: v.string() }), answer.body);
  const image = await fetch(`${admin.stack().url}/connect/logo/${partner.id}/${logo_digest}`);
  expect(Buffer.from(await image.arrayBuffer())).toEqual(logo);
  expect(await browser.call("PATCH", path, { body: { name: "Kept" } })).toMatchObject({
    body: shown,
  });
  const faults = { accent_color: "#ffcc00", logo: "bm8gaW1hZ2U=", terms_url: "javascript:x" };
  expect(await browser.call("PATCH", path, { body: faults })).toMatchObject({
    status: 422,
    body: {
      errors: expect.arrayContaining(
        Object.keys(faults).map((name) => expect.objectContaining({ pointer: `/${name}` })),
      ),
    },
  });
  expect(await browser.call("PATCH", path, { body: { logo: null } })).toMatchObject({
    body: { logo_digest: null },
  });
  expect(JSON.stringify(await readAudit(partner.id))).not.toContain(logo.toString("base64"));
  expect(await readAudit(partner.id)).toMatchObject([
    ...[{ action: "partner.created" }, { after: shown }, { after: { name: "Kept" } }],
    { after: { logo_digest: null } },
  ]);
});

test("a partner is marked for plain HTTP, and the mark is logged", async () => {
  const { browser, partner } = await newPartner();
  const change = { allow_plain_http: true, new_mail_webhook: "http://a.test/new" };
  expect(await browser.call("PATCH", `/partners/${partner.id}`, { body: change })).toMatchObject({
    status: 200,
    body: change,
  });
  const back = { allow_plain_http: false };
  expect(await browser.call("PATCH", `/partners/${partner.id}`, { body: back })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: "/new_mail_webhook" }] },
  });
  expect(await readAudit(partner.id)).toMatchObject([
    { action: "partner.created" },
    { action: "partner.changed", after: { allow_plain_http: true } },
  ]);
});

test("partners are found by what is wrong with their deliveries, counted and sorted", async () => {
  const { browser, partner } = await newPartner({ name: "Trouble A" });
  const { partner: other } = await newPartner({ name: "Trouble B" });
  const find = async (asked: string) => {
    const { body } = await browser.call("GET", `/partners?name=trouble&${asked}`);
    const { partners, total } = v.parse(
      v.object({ partners: v.array(v.object({ id: v.string() })), total: v.looseObject({}) }),
      body,
    );
    return { ids: partners.map(({ id }) => id), total };
  };
  const both = { count: 2, is_more: false };
  expect(await find("")).toEqual({ ids: [partner.id, other.id], total: both });
  expect(await find("sort=-name")).toEqual({ ids: [other.id, partner.id], total: both });
  expect((await find("sort=-created&limit=1")).ids).toEqual([other.id]);
  expect((await find(`sort=-created&cursor=${other.id}`)).ids).toEqual([partner.id]);
  expect((await find("trouble=lanes_open")).ids).toEqual([]);

  const rows: [trouble: string, sql: string][] = [
    [
      "lanes_open",
      "insert into lanes (partner_id, state, in_flight, pending, retrying, instance_id) values ($1, 'open', 0, 0, 0, 'i')",
    ],
    [
      "endpoint_slow",
      "update lanes set state = 'running', answer_p50_ms = 9000, reported_at = now() where partner_id = $1",
    ],
    ["ingest_paused", "update lanes set ingest_paused_at = now() where partner_id = $1"],
    ["letters_full", "update lanes set letters_full_at = now() where partner_id = $1"],
    [
      "lanes_paused",
      "update partners set paused_reason = 'admin', paused_at = now() where id = $1",
    ],
    ["lanes_guarded", "update partners set paused_reason = 'forbidden' where id = $1"],
  ];
  for (const [trouble, sql] of rows) {
    await query(sql, [other.id]);
    const { ids, total } = await find(`trouble=${trouble}`);
    expect([trouble, ids, total]).toEqual([trouble, [other.id], { count: 1, is_more: false }]);
  }
  const wrong = await browser.call("GET", "/partners?trouble=none");
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: "/trouble" }] } });
});

test("a webhook that is saved without its shown password keeps the password", async () => {
  const url = "https://user:hunter2@hooks.test/new";
  const { browser, partner } = await newPartner({ new_mail_webhook: url });
  const body = { name: "Other", new_mail_webhook: "https://user:***@hooks.test/new" };
  await browser.call("PATCH", `/partners/${partner.id}`, { body });
  const webhook = async () => {
    const settings = await findPartnerSettings(admin.stack().db, partner.id);
    return settings && (await openWebhooks(admin.stack().vaults.partner, settings)).newMailWebhook;
  };
  expect(await webhook()).toBe(url);
  const other = "https://user:other@hooks.test/new";
  await browser.call("PATCH", `/partners/${partner.id}`, { body: { new_mail_webhook: other } });
  expect(await webhook()).toBe(other);
  const rows = await query("select * from partners where id = $1", [partner.id]);
  expect(JSON.stringify(rows)).not.toMatch(/hunter2|:other@/);
  expect(JSON.stringify(await readAudit(partner.id))).not.toMatch(/hunter2|other@/);
});

test.each([
  [{}, "/name", "is missing"],
  [{ name: "  " }, "/name", "must not be blank"],
  [{ name: "a\u0000" }, "/name", "control characters"],
  [{ name: "x".repeat(101) }, "/name", "at most 100"],
  [{ name: 7 }, "/name", "must be a string"],
  [{ name: "A", success_url: "javascript:alert(1)" }, "/success_url", "https://"],
  [{ name: "A", failure_url: "https://u:p@app.test" }, "/failure_url", "without a user name"],
  [{ name: "A", allowed_origins: "https://a.test" }, "/allowed_origins", "must be a list"],
  [{ name: "A", allowed_origins: ["https://a.test/x"] }, "/allowed_origins/0", "without a path"],
  [{ name: "A", allowed_origins: ["*"] }, "/allowed_origins/0", "must be an origin"],
  [{ name: "A", new_mail_webhook: "http://a.test" }, "/new_mail_webhook", "https://"],
  [{ name: "A", new_mail_webhook: "https://127.0.0.1/x" }, "/new_mail_webhook", "public host"],
  [{ name: "A", user_connected_webhook: "https://a.test:25/" }, "/user_connected_webhook", "ports"],
  [{ name: "A", user_disconnected_webhook: "nowhere" }, "/user_disconnected_webhook", "https://"],
  [{ name: "A", user_auth_failed_webhook: "https://a.test/#x" }, "/user_auth_failed_webhook", "#"],
  [{ name: "A", payload_format: "xml" }, "/payload_format", "must be one of"],
  [{ name: "A", ordered: "yes" }, "/ordered", "must be true or false"],
  [{ name: "A", allow_plain_http: 1 }, "/allow_plain_http", "must be true or false"],
  [{ name: "A", color: "red" }, "/color", "is not a known field"],
])("a partner of %j is refused at its field", async (body, pointer, detail) => {
  const { browser } = await admin.signedIn();
  const wanted = detail === "#" ? "fragment" : detail;
  expect(await browser.call("POST", "/partners", { body })).toMatchObject({
    status: 422,
    body: { code: "invalid-input", errors: [{ pointer, detail: expect.stringContaining(wanted) }] },
  });
});

test("partners are listed by name, in pages, and found by how their names begin", async () => {
  const { browser } = await admin.signedIn();
  const prefix = `q${crypto.randomUUID()}`;
  for (const name of ["b", "A", "a_2", "c%"]) {
    await browser.call("POST", "/partners", { body: { name: `${prefix} ${name}` } });
  }
  const list = async (asked: Record<string, string>) => {
    const { body } = await browser.call(
      "GET",
      `/partners?${new URLSearchParams(asked).toString()}`,
    );
    const { partners, next_cursor } = v.parse(page, body);
    return { names: partners.map(({ name }) => name.slice(prefix.length + 1)), next_cursor };
  };
  expect((await list({ name: prefix.toUpperCase() })).names).toEqual(["A", "a_2", "b", "c%"]);
  const first = await list({ name: prefix, limit: "3" });
  expect(first.names).toEqual(["A", "a_2", "b"]);
  const second = await list({ name: prefix, limit: "3", cursor: first.next_cursor ?? "" });
  expect(second).toEqual({ names: ["c%"], next_cursor: null });
  expect((await list({ name: `${prefix} a_` })).names).toEqual(["a_2"]);
  expect((await list({ name: `${prefix} %` })).names).toEqual([]);
  expect((await list({ name: `${prefix}\\` })).names).toEqual([]);
});

test("a partner is listed with its connections and its users by state", async () => {
  const { browser, partner } = await newPartner();
  const made = await browser.call("POST", `/partners/${partner.id}/connections`, {
    body: { imap_provider_code: "PLAIN" },
  });
  const { id } = v.parse(v.object({ id: v.string() }), made.body);
  for (const tag of ["one", "two"]) {
    await browser.call("POST", `/connections/${id}/users`, { body: { tag } });
  }
  await query("update users set state = 'watching' where connection_id = $1 and tag = 'two'", [id]);
  const found = await browser.call("GET", `/partners?name=${encodeURIComponent(partner.name)}`);
  expect(found.body).toMatchObject({
    partners: [{ connections_count: 1, users_by_state: { new: 1, watching: 1 } }],
  });
});

test("an administrator pauses a lane, and resumes it whatever paused it", async () => {
  const { admin: actor, browser, partner, api_key } = await newPartner();
  const path = `/partners/${partner.id}`;
  const paused = { paused_by: "admin", lane: { state: "paused" } };
  for (let n = 0; n < 2; n++) {
    expect((await browser.call("POST", `${path}/pause`)).body).toMatchObject(paused);
  }
  for (let n = 0; n < 2; n++) {
    const resumed = await browser.call("POST", `${path}/resume`);
    expect(resumed).toMatchObject({ status: 200, body: { paused_at: null, paused_by: null } });
  }
  await createApiCaller(admin.stack().url, api_key)("POST", "/webhooks/pause");
  const shown = await browser.call("GET", path);
  const description = "The partner paused it. The partner or an administrator can resume it.";
  expect(shown.body).toMatchObject({ paused_by: "partner", lane: { description } });
  const resumed = await browser.call("POST", `${path}/resume`);
  expect(resumed.body).toMatchObject({ paused_by: null });
  const actions = (await readAudit(partner.id)).map((row) => [row["actor"], row["action"]]);
  expect(actions).toEqual([
    [`admin:${actor}`, "partner.created"],
    [`admin:${actor}`, "lane.paused"],
    [`admin:${actor}`, "lane.resumed"],
    [`partner:${partner.id}`, "lane.paused"],
    [`admin:${actor}`, "lane.resumed"],
  ]);
});

test("a partner with a full quota is shown with the time since when", async () => {
  const { browser, partner } = await newPartner();
  const path = `/partners/${partner.id}`;
  expect((await browser.call("GET", path)).body).toMatchObject({ ingest_paused_at: null });
  await query(
    `insert into lanes (partner_id, state, in_flight, pending, retrying, instance_id, ingest_paused_at)
     values ($1, 'running', 0, 3, 0, 'ins', '2026-11-23T00:00:00Z')`,
    [partner.id],
  );
  expect((await browser.call("GET", path)).body).toMatchObject({
    ingest_paused_at: "2026-11-23T00:00:00.000Z",
    lane: { state: "running", pending: 3 },
  });
});

test.each(["prt_0000000000000000000000", "nothing", "%00", "%ff", "usr_0000000000000000000000"])(
  "there is no partner %s",
  async (id) => {
    const { browser } = await admin.signedIn();
    for (const [method, rest] of [
      ["GET", ""],
      ["PATCH", ""],
      ["DELETE", ""],
      ["POST", "/pause"],
      ["POST", "/resume"],
      ["GET", "/api-keys"],
      ["POST", "/api-keys"],
      ["GET", "/webhook-secret"],
      ["POST", "/webhook-secret"],
      ["GET", "/signing-key"],
      ["POST", "/signing-key"],
      ["DELETE", "/signing-key"],
      ["POST", "/test-webhook"],
      ["GET", "/connections"],
    ] as const) {
      const body = rest === "" ? { name: "X" } : {};
      const request = method === "GET" ? {} : { body };
      const answer = await browser.call(method, `/partners/${id}${rest}`, request);
      expect([rest, answer]).toMatchObject([rest, NOT_FOUND]);
    }
  },
);
