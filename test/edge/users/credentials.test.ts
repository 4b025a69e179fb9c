import * as v from "valibot";
import { beforeAll, expect, test } from "vitest";
import { type TestPartner, useEdge } from "../use-edge.ts";

const edge = useEdge();

beforeAll(() =>
  edge.stack().query(
    `insert into imap_providers (id, code, title, kind, enabled, disabled_reason, imap_host, imap_port, imap_security)
     values ('prv_o1', 'SOME_OAUTH1', 'Some', 'oauth1', true, null, 'imap.test', 993, 'tls')`,
  ),
);

async function setUpPartner(code: string, fields: object = {}) {
  const partner = await edge.newPartner({
    userConnectedWebhook: "https://hooks.test/c",
    userDisconnectedWebhook: "https://hooks.test/d",
  });
  const body = { imap_provider_code: code, ...fields };
  expect((await partner.call("POST", "/connections", { body })).status).toBe(201);
  return { ...partner, users: `/connections/${code}/users` };
}

const userRow = async ({ id }: Pick<TestPartner, "id">) => {
  const [row] = await edge
    .stack()
    .query(
      `select users.* from users join partner_connections c on c.id = connection_id where partner_id = $1`,
      [id],
    );
  return row ?? {};
};

const readEventKinds = async ({ id }: Pick<TestPartner, "id">) => {
  const rows = await edge
    .stack()
    .query("select kind from user_events where partner_id = $1 order by change_seq", [id]);
  return rows.map((row) => row["kind"]);
};

const ACCOUNT = { email: "x@gmail.test", oauth2_refresh_token: "hunter2" };

test("an e-mail address and a refresh token connect a user without a browser", async () => {
  const partner = await setUpPartner("GMAIL_OAUTH2", { oauth2_client_id: "id" });
  const created = await partner.call("POST", partner.users, { body: { tag: "X", ...ACCOUNT } });
  expect(created).toMatchObject({
    status: 201,
    body: { connected_at: expect.any(String), connect_url: expect.any(String) },
  });
  expect(created.text).not.toContain("hunter2");
  const row = await userRow(partner);
  expect(JSON.stringify(row)).not.toContain("hunter2");
  const sealed = String(row["sealed_refresh_token"]);
  const { mailbox } = edge.stack().vaults;
  expect(await mailbox.open(`users/${String(row["id"])}/refresh_token`, sealed)).toBe("hunter2");
  expect(row["credentials_at"]).toBeInstanceOf(Date);
  expect(await readEventKinds(partner)).toEqual(["user_connected"]);
});

test("a new refresh token starts again as new, and a cleared one is revoked", async () => {
  const partner = await setUpPartner("GMAIL_OAUTH2", { oauth2_client_id: "id" });
  const path = `${partner.users}/X`;
  await partner.call("POST", partner.users, { body: { tag: "X" } });
  const connected = await partner.call("PUT", path, { body: ACCOUNT });
  expect(connected.body).toMatchObject({ state: "new", connected_at: expect.any(String) });
  const { query } = edge.stack();
  await query(
    `update users set state = 'auth_failed', state_reason = 'consent_withdrawn', incident_at = now(),
       sealed_previous_refresh_token = 'sealed' where id = $1`,
    [(await userRow(partner))["id"]],
  );
  expect((await partner.call("GET", path)).body).toMatchObject({
    state: "auth_failed",
    state_reason: "consent_withdrawn",
    state_reason_text: expect.stringContaining("connect the account again"),
  });
  const again = await partner.call("PUT", path, { body: { oauth2_refresh_token: "other" } });
  expect(again.body).toMatchObject({ state: "new", state_reason: null, state_reason_text: null });
  expect(await userRow(partner)).toMatchObject({
    incident_at: null,
    sealed_previous_refresh_token: null,
  });
  const revocations = () =>
    query("select 1 from revocations where user_id in (select id from users where email = $1)", [
      ACCOUNT.email,
    ]);
  expect(await revocations()).toEqual([]);

  const gone = await partner.call("PUT", path, { body: { oauth2_refresh_token: "" } });
  expect(gone.body).toMatchObject({ connected_at: null });
  expect(await revocations()).toHaveLength(1);
  expect(await readEventKinds(partner)).toEqual(["user_connected", "user_disconnected"]);
});

test("a user that is restored after a refused login can send a new event", async () => {
  const partner = await setUpPartner("GMAIL_OAUTH2", { oauth2_client_id: "id" });
  const path = `${partner.users}/X`;
  await partner.call("POST", partner.users, { body: { tag: "X", ...ACCOUNT } });
  await edge
    .stack()
    .query(
      "update users set state = 'auth_failed', state_reason = 'consent_withdrawn', incident_at = now() where id = $1",
      [(await userRow(partner))["id"]],
    );
  await partner.call("DELETE", path);
  expect((await userRow(partner))["incident_at"]).toBeInstanceOf(Date);
  const restored = await partner.call("PUT", path, { body: { archived: false } });
  expect(restored.body).toMatchObject({ state: "new", state_reason: null });
  expect(await userRow(partner)).toMatchObject({ incident_at: null, archived_at: null });
});

test("a refresh token without an account, or for another kind, is a wrong field", async () => {
  const partner = await setUpPartner("GMAIL_OAUTH2");
  const wrong = (pointer: string) => ({ status: 422, body: { errors: [{ pointer }] } });
  const token = { tag: "X", oauth2_refresh_token: "hunter2" };
  const refused = await partner.call("POST", partner.users, { body: token });
  expect(refused).toMatchObject(wrong("/email"));
  expect(refused.text).not.toContain("hunter2");
  await partner.call("POST", partner.users, { body: { ...token, email: "x@x.test" } });
  expect(await partner.call("PUT", `${partner.users}/X`, { body: { email: "" } })).toMatchObject(
    wrong("/email"),
  );
  const plain = await setUpPartner("PLAIN");
  expect(await plain.call("POST", plain.users, { body: token })).toMatchObject(
    wrong("/oauth2_refresh_token"),
  );
});

test("a user of tokens may have a login name of its own", async () => {
  const partner = await setUpPartner("GMAIL_OAUTH2", { oauth2_client_id: "id" });
  const path = `${partner.users}/X`;
  const body = { tag: "X", ...ACCOUNT, login_username: "shared@corp.test" };
  const created = await partner.call("POST", partner.users, { body });
  expect(created).toMatchObject({ status: 201, body: { login_username: "shared@corp.test" } });
  expect(await userRow(partner)).toMatchObject({ login_username: "shared@corp.test" });
  const other = await partner.call("PUT", path, { body: { login_username: "a@corp.test" } });
  expect(other.body).toMatchObject({ state: "new", login_username: "a@corp.test" });
  const cleared = await partner.call("PUT", path, { body: { login_username: "" } });
  expect(cleared.body).toMatchObject({ login_username: null, connected_at: expect.any(String) });
  expect(await readEventKinds(partner)).toEqual(["user_connected"]);
  const both = await partner.call("PUT", path, {
    body: { login_username: "a", login_password: "p" },
  });
  expect(both).toMatchObject({ status: 422, body: { errors: [{ pointer: "/login_password" }] } });
});

test("links are always there, and the page of one that leads nowhere says why", async () => {
  const partner = await setUpPartner("GMAIL_OAUTH2");
  const link = (purpose: string) =>
    expect.stringMatching(new RegExp(`^${edge.stack().url}/${purpose}/[\\w.-]+$`));
  const both = { connect_url: link("connect"), disconnect_url: link("disconnect") };
  const path = `${partner.users}/X`;
  const created = await partner.call("POST", partner.users, { body: { tag: "X" } });
  expect(created.body).toMatchObject(both);
  expect(await openLinks(created.body)).toEqual([
    [403, "This kind of account is not set up yet"],
    [200, "Nothing is connected"],
  ]);
  const body = { oauth2_client_id: "id" };
  await partner.call("PUT", "/connections/GMAIL_OAUTH2", { body });
  const shown = await partner.call("GET", path);
  expect(shown.body).toMatchObject(both);
  expect(await openLinks(shown.body)).toEqual([
    [200, "Connect Gmail"],
    [200, "Nothing is connected"],
  ]);
  const connected = await partner.call("PUT", path, { body: ACCOUNT });
  expect((await openLinks(connected.body))[1]).toEqual([200, `Disconnect ${ACCOUNT.email}`]);
  const gone = await partner.call("PUT", path, { body: { oauth2_refresh_token: null } });
  expect(gone.body).toMatchObject({ connected_at: null, ...both });
  await partner.call("DELETE", path);
  const archived = await partner.call("GET", path);
  expect(archived.body).toMatchObject(both);
  expect(await openLinks(archived.body)).toEqual([
    [410, "This account no longer exists here"],
    [200, "Nothing is connected"],
  ]);
});

const links = v.object({ connect_url: v.string(), disconnect_url: v.string() });

/** Opens both links of a user. Returns the status and the title of each page. */
const openLinks = (answer: unknown) =>
  Promise.all(
    Object.values(v.parse(links, answer)).map(async (url) => {
      // Old clients, written for SuperIMAP, append these parameters with `&` instead of `?`.
      const response = await fetch(`${url}&success=&failure=`, { redirect: "manual" });
      return [response.status, /<title>(.*)<\/title>/.exec(await response.text())?.[1]];
    }),
  );

const HOST = { imap_host: "IMAP.Example.com", imap_port: 1_993 };
const LOGIN = { login_username: "u", login_password: "p" };

test("a user has its own host if the provider allows it", async () => {
  const partner = await setUpPartner("IMAP");
  const created = await partner.call("POST", partner.users, {
    body: { tag: "X", ...LOGIN, ...HOST },
  });
  const host = { imap_host: "imap.example.com", imap_port: 1_993, imap_security: "tls" };
  expect(created).toMatchObject({ status: 201, body: host });
  const before = await userRow(partner);
  const moved = await partner.call("PUT", `${partner.users}/X`, {
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: "imap_port=143&imap_security=starttls",
  });
  expect(moved.body).toMatchObject({ ...host, imap_port: 143, imap_security: "starttls" });
  const after = await userRow(partner);
  expect(Number(after["credentials_at"])).toBeGreaterThan(Number(before["credentials_at"]));
  expect(await readEventKinds(partner)).toEqual(["user_connected"]);
});

const wrongHosts: [fields: object, pointer: string][] = [
  [LOGIN, "/imap_host"],
  [{ imap_port: 993 }, "/imap_host"],
  [{ imap_host: "", ...LOGIN }, "/imap_host"],
  [{ imap_host: "imaps://x.test" }, "/imap_host"],
  [{ imap_host: "x.test:993" }, "/imap_host"],
  [{ imap_host: "a\u0000b" }, "/imap_host"],
  [{ imap_host: 5 }, "/imap_host"],
  [{ imap_host: "x.test", imap_port: 0 }, "/imap_port"],
  [{ imap_host: "x.test", imap_port: 65_536 }, "/imap_port"],
  [{ imap_host: "x.test", imap_port: "99999" }, "/imap_port"],
  [{ imap_host: "x.test", imap_port: 1.5 }, "/imap_port"],
  [{ imap_host: "x.test", imap_port: "x" }, "/imap_port"],
  [{ imap_host: "x.test", imap_security: "ssl" }, "/imap_security"],
];

test("a missing or invalid host is a wrong field", async () => {
  const partner = await setUpPartner("IMAP");
  for (const [fields, pointer] of wrongHosts) {
    const refused = await partner.call("POST", partner.users, { body: { tag: "X", ...fields } });
    expect(refused, `wrong ${JSON.stringify(fields)}`).toMatchObject({
      status: 422,
      body: { errors: [{ pointer }] },
    });
  }
  expect(await userRow(partner)).toEqual({});
});

test("no user has a host of its own where the provider has one for all", async () => {
  const partner = await setUpPartner("PLAIN");
  const refused = await partner.call("POST", partner.users, {
    body: { tag: "X", ...LOGIN, ...HOST },
  });
  const errors = [{ pointer: "/imap_host" }, { pointer: "/imap_port" }];
  expect(refused).toMatchObject({ status: 422, body: { errors } });
  const created = await partner.call("POST", partner.users, { body: { tag: "X", ...LOGIN } });
  expect(created.body).not.toHaveProperty("imap_host");
});

test("an OAuth 1.0a connection takes a consumer, and never shows its secret", async () => {
  const consumer = { oauth1_consumer_key: "key-1", oauth1_consumer_secret: "hunter2" };
  const partner = await setUpPartner("SOME_OAUTH1", consumer);
  const shown = await partner.call("GET", "/connections/SOME_OAUTH1");
  expect(shown.body).toEqual({
    imap_provider_code: "SOME_OAUTH1",
    users_count: 0,
    oauth1_consumer_key: "key-1",
  });
  const [row] = await edge
    .stack()
    .query("select * from partner_connections where partner_id = $1", [partner.id]);
  expect(JSON.stringify(row)).not.toContain("hunter2");
  const name = `partner_connections/${String(row?.["id"])}/oauth1_consumer_secret` as const;
  const sealed = String(row?.["sealed_oauth1_consumer_secret"]);
  expect(await edge.stack().vaults.partner.open(name, sealed)).toBe("hunter2");
  const misfit = { body: { oauth2_client_id: "x" } };
  expect((await partner.call("PUT", "/connections/SOME_OAUTH1", misfit)).status).toBe(422);
});

test("a provider that was shut down shows the reason why it takes no connection", async () => {
  const { call } = await edge.newPartner();
  const body = { imap_provider_code: "GMAIL_OAUTH1" };
  expect(await call("POST", "/connections", { body })).toMatchObject({
    status: 422,
    body: { errors: [{ detail: expect.stringContaining("5 May 2015") }] },
  });
});
