import * as v from "valibot";
import { expect, test } from "vitest";
import { newId } from "../../../shared/ids.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const NOT_FOUND = { status: 404, body: { code: "not-found" } };
const withId = v.object({ id: v.string() });
const list = v.object({
  providers: v.array(
    v.looseObject({ id: v.string(), code: v.string(), connections_count: v.number() }),
  ),
});

const HOST = { title: "Mail", imap_host: "IMAP.x.test", imap_port: 993, imap_security: "tls" };
const plain = { code: "MAIL", kind: "plain", ...HOST };
const oauth2 = {
  code: "MAIL_OAUTH2",
  kind: "oauth2",
  ...HOST,
  oauth_authorize_url: "https://x.test/authorize",
  oauth_token_url: "https://x.test/token",
  oauth_scopes: "email mail",
  oauth_issuer: "https://x.test/{tenantid}",
  oauth_jwks_url: "https://x.test/keys",
  oauth_authorize_params: { prompt: "consent" },
  login_rate: 20,
};
let made = 0;
const newCode = () => `CODE_${++made}`;

const readAudit = (id: string) =>
  query("select actor, action, before, after from audit_log where subject_id = $1 order by id", [
    id,
  ]);

test("all providers are listed with the number of their connections", async () => {
  const { browser } = await admin.signedIn();
  const partner = await admin.stack().newPartner();
  const count = async () => {
    const { body } = await browser.call("GET", "/providers");
    const { providers } = v.parse(list, body);
    expect(providers.map(({ code }) => code)).toContain("GMAIL_OAUTH1");
    return providers.find(({ code }) => code === "PLAIN")?.connections_count ?? -1;
  };
  const before = await count();
  const connection = { body: { imap_provider_code: "PLAIN" } };
  const answer = await browser.call("POST", `/partners/${partner.id}/connections`, connection);
  expect(await count()).toBe(before + 1);
  const { id } = v.parse(withId, answer.body);
  await browser.call("DELETE", `/connections/${id}`);
  expect(await count()).toBe(before);
});

test.each([
  [plain, { own_host: false, sasl_mechanism: null, imap_host: "imap.x.test", idle_minutes: 9 }],
  [oauth2, { sasl_mechanism: "XOAUTH2", oauth_authorize_params: { prompt: "consent" } }],
])("a provider is added: %j", async (fields, more) => {
  const { id: actor, browser } = await admin.signedIn();
  const code = newCode();
  const answer = await browser.call("POST", "/providers", { body: { ...fields, code } });
  const expected = { ...fields, code, ...more, enabled: true, imap_host: "imap.x.test" };
  expect(answer).toMatchObject({ status: 201, body: { ...expected, connections_count: 0 } });
  const { id } = v.parse(withId, answer.body);
  expect((await browser.call("GET", `/providers/${id}`)).body).toEqual(answer.body);
  expect(await readAudit(id)).toMatchObject([
    { actor: `admin:${actor}`, action: "provider.created", after: { code, title: "Mail" } },
  ]);
  const twice = await browser.call("POST", "/providers", { body: { ...fields, code } });
  const errors = [{ pointer: "/code" }];
  expect(twice).toMatchObject({ status: 409, body: { code: "conflict", errors } });
});

test.each([
  [{ code: "gmail" }, "/code", "capital letters"],
  [{ kind: "pop3" }, "/kind", "must be one of plain"],
  [{ title: "" }, "/title", "must not be blank"],
  [{ imap_host: "a b" }, "/imap_host", "must be a host name"],
  [{ imap_port: 0 }, "/imap_port", "from 1 to 65535"],
  [{ imap_port: "993" }, "/imap_port", "from 1 to 65535"],
  [{ imap_security: "ssl" }, "/imap_security", "must be one of tls"],
  [{ smtp_port: 70_000 }, "/smtp_port", "from 1 to 65535"],
  [{ idle_minutes: 30 }, "/idle_minutes", "from 1 to 29"],
  [{ login_rate: 0 }, "/login_rate", "from 1 to 10000"],
  [{ enabled: "no" }, "/enabled", "must be true or false"],
  [{ login_help_url: "javascript:alert(1)" }, "/login_help_url", "https://"],
  [{ oauth_token_url: "https://x.test" }, "/oauth_token_url", "is not allowed for the kind plain"],
  [{ oauth_authorize_params: [1] }, "/oauth_authorize_params/0", "must be a string"],
  [{ sasl_mechanism: "PLAIN" }, "/sasl_mechanism", "must be one of XOAUTH2"],
  [{ color: "red" }, "/color", "is not a known field"],
])("a plain provider with %j is refused at its field", async (fields, pointer, detail) => {
  const { browser } = await admin.signedIn();
  const body = { ...plain, code: newCode(), ...fields };
  expect(await browser.call("POST", "/providers", { body })).toMatchObject({
    status: 422,
    body: { code: "invalid-input", errors: [{ pointer, detail: expect.stringContaining(detail) }] },
  });
});

test.each([
  [{ oauth_token_url: undefined }, "/oauth_token_url", "is missing"],
  [{ oauth_token_url: "http://x.test/token" }, "/oauth_token_url", "https://"],
  [{ oauth_issuer: undefined }, "/oauth_issuer", "is missing"],
  [{ own_host: true }, "/own_host", "is not allowed for the kind oauth2"],
])("an OAuth 2 provider with %j is refused at its field", async (fields, pointer, detail) => {
  const { browser } = await admin.signedIn();
  const body = { ...oauth2, code: newCode(), ...fields };
  expect(await browser.call("POST", "/providers", { body })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer, detail: expect.stringContaining(detail) }] },
  });
});

test("a provider is changed and switched off, and then takes no new connection", async () => {
  const { browser } = await admin.signedIn();
  const code = newCode();
  const answer = await browser.call("POST", "/providers", { body: { ...plain, code } });
  const { id } = v.parse(withId, answer.body);
  const change = { enabled: false, disabled_reason: "Closed for good", imap_port: 143 };
  for (let n = 0; n < 2; n++) {
    const changed = await browser.call("PATCH", `/providers/${id}`, { body: change });
    expect(changed).toMatchObject({ status: 200, body: { ...change, title: "Mail" } });
  }
  expect(await readAudit(id)).toMatchObject([
    { action: "provider.created" },
    {
      action: "provider.changed",
      before: { enabled: true, disabled_reason: null, imap_port: 993 },
      after: change,
    },
  ]);
  const partner = await admin.stack().newPartner();
  const refused = await browser.call("POST", `/partners/${partner.id}/connections`, {
    body: { imap_provider_code: code },
  });
  const detail = "is a provider that is switched off: Closed for good";
  const errors = [{ pointer: "/imap_provider_code", detail }];
  expect(refused).toMatchObject({ status: 422, body: { errors } });
});

test("the fleet reads a provider's users again when their sessions must know, and only then", async () => {
  const { browser } = await admin.signedIn();
  const code = newCode();
  const answer = await browser.call("POST", "/providers", { body: { ...plain, code } });
  const { id } = v.parse(withId, answer.body);
  const partner = await admin.stack().newPartner();
  const connections = `/partners/${partner.id}/connections`;
  const made = await browser.call("POST", connections, { body: { imap_provider_code: code } });
  const connection = v.parse(withId, made.body).id;
  await query("insert into users (id, connection_id, tag) values ($1, $2, $1)", [
    newId("usr"),
    connection,
  ]);
  const isTouchedBy = async (change: Record<string, unknown>) => {
    const seq = () => query("select change_seq from users where connection_id = $1", [connection]);
    const before = await seq();
    const changed = await browser.call("PATCH", `/providers/${id}`, { body: change });
    expect(changed).toMatchObject({ status: 200, body: change });
    return JSON.stringify(await seq()) !== JSON.stringify(before);
  };
  expect(await isTouchedBy({ imap_host: "new.x.test" })).toBe(true);
  expect(await isTouchedBy({ login_rate: 2 })).toBe(true);
  expect(await isTouchedBy({ title: "Post", login_rate: 2 })).toBe(false);
});

test("a provider's code and kind cannot change, and a shipped provider can be saved with its shown values", async () => {
  const { browser } = await admin.signedIn();
  for (const fields of [{ code: "OTHER" }, { kind: "plain" }]) {
    const refused = await browser.call("PATCH", "/providers/prv_gmail_oauth2", { body: fields });
    expect(refused).toMatchObject({ status: 422 });
  }
  for (const id of ["prv_gmail_oauth2", "prv_outlook_oauth2", "prv_gmail_oauth1", "prv_imap"]) {
    const { body } = await browser.call("GET", `/providers/${id}`);
    const shown = v.parse(v.record(v.string(), v.unknown()), body);
    const kept = ["id", "code", "kind", "connections_count", "created_at"];
    const fields = Object.entries(shown).filter(([name]) => !kept.includes(name));
    const sent = Object.fromEntries(fields);
    const changed = await browser.call("PATCH", `/providers/${id}`, { body: sent });
    expect([id, changed]).toMatchObject([id, { status: 200, body: shown }]);
    expect(await readAudit(id)).toEqual([]);
  }
});

test.each(["prv_nothing", "%00", "%ff"])("there is no provider %s", async (id) => {
  const { browser } = await admin.signedIn();
  expect(await browser.call("GET", `/providers/${id}`)).toMatchObject(NOT_FOUND);
  const body = { title: "X" };
  expect(await browser.call("PATCH", `/providers/${id}`, { body })).toMatchObject(NOT_FOUND);
});
