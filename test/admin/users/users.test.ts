import * as v from "valibot";
import { expect, test } from "vitest";
import { newId } from "../../../shared/ids.ts";
import { accountMakers, LOGIN } from "./account-makers.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const NOT_FOUND = { status: 404, body: { code: "not-found" } };

const { withConnection, withUser } = accountMakers(admin);

const readAudit = (id: string) =>
  query(
    "select actor, action, details, before, after from audit_log where subject_id = $1 order by id",
    [id],
  );
const readPokes = (id: string) =>
  query("select kind from outbox where payload -> 'user_ids' ? $1", [id]);

test("a user is created under a connection and shown, but never its secrets", async () => {
  const fields = { email: "ann@x.test", ...LOGIN, enable_tracer: true, deliver_tracers: true };
  const { actor, browser, partner, connection, answer, id } = await withUser(fields);
  const expected = {
    id,
    tag: "Ann",
    email: "ann@x.test",
    partner_id: partner.id,
    connection_id: connection,
    imap_provider_code: "PLAIN",
    kind: "plain",
    state: "new",
    state_text: "No login has been tried yet.",
    login_username: "ann",
    login_password_set: true,
    refresh_token_set: false,
    has_login: true,
    enable_tracer: true,
    deliver_tracers: true,
    archived_at: null,
    connected_at: expect.any(String),
  };
  expect(answer.body).toMatchObject(expected);
  const shown = await browser.call("GET", `/users/${id}`);
  expect(shown).toMatchObject({ status: 200, body: expected });
  expect(answer.text + shown.text).not.toMatch(/hunter2|sealed/);
  const audit = await readAudit(id);
  expect(audit).toMatchObject([
    { actor, action: "user.created", details: { connection_id: connection } },
  ]);
  // The audit log is kept after the user is deleted, so it must not contain data of the account.
  expect(JSON.stringify(audit)).not.toMatch(/ann|hunter2/i);
  expect(await readPokes(id)).toEqual([{ kind: "users_changed" }]);
});

test.each([
  [{}, "/tag", "is missing"],
  [{ tag: "." }, "/tag", "must not be"],
  [{ tag: "A", email: "nobody" }, "/email", "must be an e-mail address"],
  [{ tag: "A", oauth2_refresh_token: "x" }, "/oauth2_refresh_token", "is not for"],
  [{ tag: "A", imap_host: "x.test" }, "/imap_host", "one host for all"],
  [{ tag: "A", enable_tracer: "yes" }, "/enable_tracer", "must be true or false"],
  [{ tag: "A", deliver_tracers: 1 }, "/deliver_tracers", "must be true or false"],
  [{ tag: "A", paused: true }, "/paused", "is not a known field"],
])("a user of %j is refused at its field", async (body, pointer, detail) => {
  const { browser, connection } = await withConnection();
  const answer = await browser.call("POST", `/connections/${connection}/users`, { body });
  expect(answer).toMatchObject({
    status: 422,
    body: { errors: [{ pointer, detail: expect.stringContaining(detail) }] },
  });
});

test("the second living user with the same tag is a conflict", async () => {
  const { browser, connection } = await withUser();
  const path = `/connections/${connection}/users`;
  const twice = await browser.call("POST", path, { body: { tag: "ANN" } });
  expect(twice).toMatchObject({ status: 409, body: { errors: [{ pointer: "/tag" }] } });
});

test("a user is changed, and the audit log contains no personal data", async () => {
  const { actor, id, patch } = await withUser();
  const change = { tag: "Bob", email: "bob@x.test", login_password: "other", enable_tracer: true };
  const changed = await patch(change);
  expect(changed).toMatchObject({
    status: 200,
    body: { tag: "Bob", email: "bob@x.test", enable_tracer: true },
  });
  expect((await patch({ tag: "Bob" })).status).toBe(200);
  const audit = await readAudit(id);
  expect(audit).toMatchObject([
    { action: "user.created" },
    {
      actor,
      action: "user.changed",
      details: { fields: "tag email login_password" },
      before: { enable_tracer: false },
      after: { enable_tracer: true },
    },
  ]);
  expect(JSON.stringify(audit)).not.toMatch(/bob|other|hunter2/i);
  expect(await readPokes(id)).toHaveLength(2);
});

test.each([
  [{ email: "nobody" }, "/email"],
  [{ paused: "yes" }, "/paused"],
  [{ archived: "perhaps" }, "/archived"],
  [{ oauth2_refresh_token: "x" }, "/oauth2_refresh_token"],
  [{ state: "watching" }, "/state"],
])("a change to %j is refused at its field", async (change, pointer) => {
  const { patch } = await withUser();
  expect(await patch(change)).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
});

test("a login that failed is tried again, and the audit log says so", async () => {
  const { actor, id, patch } = await withUser({ tag: "Rita", ...LOGIN });
  await query("update users set state = 'auth_failed', incident_at = now() where id = $1", [id]);
  const [before] = await query("select credentials_at, change_seq from users where id = $1", [id]);
  expect((await patch({ retry: true })).body).toMatchObject({ state: "new" });
  const [after] = await query(
    "select credentials_at, change_seq, incident_at is not null as incident from users where id = $1",
    [id],
  );
  expect(after?.["credentials_at"]).not.toEqual(before?.["credentials_at"]);
  expect(after?.["incident"]).toBe(true);
  expect((await readAudit(id)).at(-1)).toMatchObject({ actor, action: "user.retried" });
  expect((await patch({ retry: false })).status).toBe(422);
});

test("a user is paused, resumed, archived and restored, and its history shows it", async () => {
  const { actor, browser, id, patch } = await withUser();
  const [{ name } = {}] = await query("select name from admin_users where 'admin:' || id = $1", [
    actor,
  ]);
  const times = { paused_at: expect.any(String), archived_at: null };
  expect((await patch({ paused: true })).body).toMatchObject({ state: "paused", ...times });
  expect((await patch({ paused: true })).status).toBe(200);
  expect((await patch({ paused: false })).body).toMatchObject({ state: "new", paused_at: null });
  await query(
    "update users set state = 'auth_failed', state_reason = 'wrong_password' where id = $1",
    [id],
  );
  const failed = await browser.call("GET", `/users/${id}`);
  expect(failed.body).toMatchObject({
    state_reason: "wrong_password",
    state_text: expect.stringMatching(/^Login failed.*check the username/),
  });
  expect((await patch({ archived: true })).body).toMatchObject({ state: "archived" });
  expect((await patch({ archived: false })).body).toMatchObject({
    state: "new",
    archived_at: null,
    restored_at: expect.any(String),
  });
  const actions = (await readAudit(id)).map((row) => row["action"]);
  expect(actions).toEqual([
    "user.created",
    "user.paused",
    "user.resumed",
    "user.archived",
    "user.restored",
  ]);

  const history = v.object({
    states: v.array(v.looseObject({ state: v.string(), text: v.string() })),
    next_cursor: v.nullable(v.string()),
  });
  const read = async (asked: string) =>
    v.parse(history, (await browser.call("GET", `/users/${id}/states?${asked}`)).body);
  const first = await read("limit=3");
  expect(first.states).toMatchObject([
    { state: "new", reason: null, actor, actor_name: name },
    {
      state: "archived",
      text: "Archived: its data is kept, and its mailbox is not watched.",
      actor,
    },
    {
      state: "auth_failed",
      reason: "wrong_password",
      text: expect.stringContaining("check"),
      actor: null,
      actor_name: null,
    },
  ]);
  const second = await read(`limit=3&cursor=${first.next_cursor}`);
  expect(second.states.map(({ state }) => state)).toEqual(["new", "paused"]);
  expect(second.next_cursor).toBeNull();
});

test.each([newId("usr"), "nothing", "%00", "%ff", "con_0000000000000000000000"])(
  "there is no user %s",
  async (id) => {
    const { browser } = await admin.signedIn();
    for (const [method, rest] of [
      ["GET", ""],
      ["PATCH", ""],
      ["POST", "/links"],
      ["GET", "/sweep"],
      ["POST", "/sweep"],
      ["GET", "/states"],
    ] as const) {
      const request = method === "GET" ? {} : { body: {} };
      const answer = await browser.call(method, `/users/${id}${rest}`, request);
      expect([rest, answer]).toMatchObject([rest, NOT_FOUND]);
    }
  },
);
