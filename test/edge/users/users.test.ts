import { expect, test } from "vitest";
import { useEdge, userPath, USERS, withoutLinks } from "../use-edge.ts";

const edge = useEdge();
const login = { login_username: "u", login_password: "hunter2" };

test("a user of a plain provider is created with a login and shown without its password", async () => {
  const { call, id } = await edge.connectedPartner();
  const created = await call("POST", USERS, { body: { tag: "X", email: "x@x.test", ...login } });
  expect(created.status).toBe(201);
  expect(created.headers.get("location")).toBe(`${edge.stack().url}/api/v1${USERS}/X`);
  expect(created.body).toEqual({
    tag: "X",
    email: "x@x.test",
    state: "new",
    archived: false,
    connected_at: expect.any(String),
    connect_url: expect.stringContaining(`${edge.stack().url}/connect/`),
    disconnect_url: expect.stringContaining(`${edge.stack().url}/disconnect/`),
    state_reason: null,
    state_reason_text: null,
    archived_at: null,
    last_login_at: null,
    last_email_at: null,
    last_heard_at: null,
    lag_seconds: null,
    created_at: expect.any(String),
    login_username: "u",
  });
  const shown = await call("GET", userPath("x"));
  expect(shown.status).toBe(200);
  expect(withoutLinks(shown.body)).toEqual(withoutLinks(created.body));

  const [row] = await edge.stack().query(
    `select users.* from users join partner_connections c on c.id = connection_id
     where partner_id = $1`,
    [id],
  );
  expect(JSON.stringify(row)).not.toContain("hunter2");
  const { mailbox, partner } = edge.stack().vaults;
  const secretRow = `users/${String(row?.["id"])}/login_password` as const;
  const sealed = String(row?.["sealed_login_password"]);
  expect(await mailbox.open(secretRow, sealed)).toBe("hunter2");
  await expect(partner.open(secretRow, sealed)).rejects.toThrow("Cannot open");
});

test.each(["a/b", "ü", "%", "%2F", "a b", "?#&=+", "\\", "...", "日本語 🎉", "a".repeat(255)])(
  "the tag %j travels in a path",
  async (tag) => {
    const { call } = await edge.connectedPartner();
    const created = await call("POST", USERS, { body: { tag } });
    expect(created).toMatchObject({ status: 201, body: { tag } });
    const location = new URL(created.headers.get("location") ?? "").pathname;
    const found = await call("GET", location.replace("/api/v1", ""));
    expect(withoutLinks(found.body)).toEqual(withoutLinks(created.body));
    const unchanged = await call("PUT", userPath(tag), { body: {} });
    expect(withoutLinks(unchanged.body)).toEqual(withoutLinks(created.body));
    expect((await call("DELETE", userPath(tag))).status).toBe(204);
    expect((await call("GET", userPath(tag))).body).toMatchObject({ tag, archived: true });
  },
);

test("a tag that no path can carry is refused", async () => {
  const { call } = await edge.connectedPartner();
  for (const tag of [".", "..", "a\nb", "a\u0000"]) {
    expect(await call("POST", USERS, { body: { tag } })).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/tag" }] },
    });
  }
  for (const tag of ["nobody", "%00", "%FF", "%ED%A0%80"]) {
    expect((await call("GET", `${USERS}/${tag}`)).status).toBe(404);
  }
});

test("tag and address are unique among the living, in any case", async () => {
  const { call } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "Alice", email: "alice@x.test" } });
  await call("POST", USERS, { body: { tag: "bob", email: "bob@x.test" } });

  const conflict = (pointer: string) => ({
    status: 409,
    body: { code: "conflict", errors: [{ pointer }] },
  });
  expect(await call("POST", USERS, { body: { tag: "aLICE" } })).toMatchObject(conflict("/tag"));
  expect(
    await call("POST", USERS, { body: { tag: "carol", email: "ALICE@x.test" } }),
  ).toMatchObject(conflict("/email"));
  expect(await call("PUT", userPath("bob"), { body: { tag: "ALICE" } })).toMatchObject(
    conflict("/tag"),
  );
  expect(await call("PUT", userPath("bob"), { body: { email: "Alice@X.test" } })).toMatchObject(
    conflict("/email"),
  );
  expect((await call("GET", userPath("bob"))).body).toMatchObject({
    tag: "bob",
    email: "bob@x.test",
  });
});

test("exactly one of 20 concurrent creations of one tag succeeds", async () => {
  const { call } = await edge.connectedPartner();
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, n) =>
      call("POST", USERS, { body: { tag: n % 2 === 0 ? "Same" : "same" } }),
    ),
  );
  const statuses = answers.map((answer) => answer.status).toSorted();
  expect(statuses).toEqual([201, ...Array.from({ length: 19 }, () => 409)]);
  expect((await call("GET", "/connections/PLAIN")).body).toMatchObject({ users_count: 1 });
});

test("concurrent changes of one user all succeed, and none undoes another", async () => {
  const { call } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "X", ...login } });
  const emails = Array.from({ length: 12 }, (_, n) => `x${n}@x.test`);
  const change = (body: object) => call("PUT", userPath("X"), { body });
  const changes = [...emails.map((email) => ({ email })), { login_username: "other" }];
  for (const { status } of await Promise.all(changes.map(change))) expect(status).toBe(200);
  expect((await call("GET", userPath("X"))).body).toMatchObject({
    email: expect.stringMatching(/^x\d+@x\.test$/),
    login_username: "other",
  });
});

test("one of several concurrent renames to the same tag succeeds, without a server error", async () => {
  const { call } = await edge.connectedPartner();
  const tags = Array.from({ length: 8 }, (_, n) => `user ${n}`);
  await Promise.all(tags.map((tag) => call("POST", USERS, { body: { tag } })));
  const answers = await Promise.all(
    tags.map((tag) => call("PUT", userPath(tag), { body: { tag: "winner" } })),
  );
  const statuses = answers.map((answer) => answer.status).toSorted();
  expect(statuses).toEqual([200, ...Array.from({ length: 7 }, () => 409)]);
});

test("DELETE archives and may be repeated, and PUT restores", async () => {
  const { call } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "X", ...login } });
  expect((await call("DELETE", userPath("X"))).status).toBe(204);
  const archived = await call("GET", userPath("X"));
  expect(archived.body).toMatchObject({
    archived: true,
    state: "archived",
    archived_at: expect.any(String),
    connected_at: expect.any(String),
  });
  expect((await call("DELETE", userPath("X"))).status).toBe(204);
  const again = await call("GET", userPath("X"));
  expect(withoutLinks(again.body)).toEqual(withoutLinks(archived.body));

  const renamed = await call("PUT", userPath("X"), { body: { email: "x@x.test" } });
  expect(renamed.body).toMatchObject({ archived: true, email: "x@x.test" });
  const restored = await call("PUT", userPath("X"), { body: { archived: false } });
  expect(restored).toMatchObject({
    status: 200,
    body: { archived: false, state: "new", archived_at: null },
  });
});

test("a tag names the living user, else the newest archived one", async () => {
  const { call } = await edge.connectedPartner();
  for (const email of ["1@x.test", "2@x.test", "3@x.test"]) {
    await call("POST", USERS, { body: { tag: "X", email } });
    await call("DELETE", userPath("X"));
  }
  expect((await call("GET", userPath("x"))).body).toMatchObject({ email: "3@x.test" });
  await call("POST", USERS, { body: { tag: "x", email: "4@x.test" } });
  expect((await call("GET", userPath("X"))).body).toMatchObject({
    email: "4@x.test",
    archived: false,
  });
});

test("a restore that would make two living ones is a conflict and changes nothing", async () => {
  const { call } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "old", email: "same@x.test" } });
  await call("DELETE", userPath("old"));
  await call("POST", USERS, { body: { tag: "young", email: "same@x.test" } });
  expect(await call("PUT", userPath("old"), { body: { archived: false } })).toMatchObject({
    status: 409,
    body: { errors: [{ pointer: "/email" }] },
  });
  const toTag = { archived: false, tag: "YOUNG", email: "" };
  expect(await call("PUT", userPath("old"), { body: toTag })).toMatchObject({
    status: 409,
    body: { errors: [{ pointer: "/tag" }] },
  });
  expect((await call("GET", userPath("old"))).body).toMatchObject({ archived: true, tag: "old" });
});

test("a new password starts again as new, and a cleared one disconnects", async () => {
  const { call } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "X", login_username: "u" } });
  expect((await call("GET", userPath("X"))).body).toMatchObject({ connected_at: null });
  await edge.stack().query(`update users set state = 'auth_failed', state_reason = 'wrong'`);

  const connected = await call("PUT", userPath("X"), { body: { login_password: "p" } });
  expect(connected.body).toMatchObject({
    state: "new",
    state_reason: null,
    connected_at: expect.any(String),
  });
  const cleared = await call("PUT", userPath("X"), { body: { login_password: "" } });
  expect(cleared.body).toMatchObject({ connected_at: null, login_username: "u" });
});

test("a user of an OAuth 2 provider takes tag, address and login name, and no password", async () => {
  const { call } = await edge.newPartner();
  await call("POST", "/connections", { body: { imap_provider_code: "GMAIL_OAUTH2" } });
  const users = "/connections/GMAIL_OAUTH2/users";
  const refused = await call("POST", users, { body: { tag: "X", ...login } });
  const errors = [{ pointer: "/login_password" }];
  expect(refused).toMatchObject({ status: 422, body: { errors } });
  expect(refused.text).not.toContain("hunter2");

  const created = await call("POST", users, { body: { tag: "X", email: "x@x.test" } });
  expect(created.status).toBe(201);
  expect(created.body).toMatchObject({ login_username: null, connected_at: null });
  expect(await call("PUT", `${users}/X`, { body: { login_password: null } })).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: "/login_password" }] },
  });
});
