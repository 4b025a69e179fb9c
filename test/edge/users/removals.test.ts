import { expect, test } from "vitest";
import { createApiCaller } from "../../harness/api-caller.ts";
import { useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();

const path = (location: string | null) => new URL(location ?? "").pathname.replace("/api/v1", "");
const started = { state: "waiting", done: 0, finished_at: null };

test("a permanently removed user disappears immediately, and its tag and email are free", async () => {
  const { call } = await edge.connectedPartner();
  const fields = { tag: "a", email: "a@example.org" };
  await call("POST", USERS, { body: { ...fields, login_username: "me", login_password: "pw" } });
  const removed = await call("DELETE", `${userPath("A")}?purge=true`);
  expect(removed).toMatchObject({ status: 202, body: { ...started, scope: "user", total: 1 } });
  const purge = path(removed.headers.get("location"));
  expect(await call("GET", purge)).toMatchObject({ status: 200, body: removed.body });

  expect((await call("GET", userPath("a"))).status).toBe(404);
  expect((await call("PUT", userPath("a"), { body: { archived: false } })).status).toBe(404);
  expect((await call("GET", USERS)).body).toEqual([]);
  expect((await call("GET", "/connections")).body).toEqual([
    { imap_provider_code: "PLAIN", users_count: 0 },
  ]);
  expect((await call("DELETE", `${userPath("a")}?purge=true`)).status).toBe(404);
  expect((await call("POST", USERS, { body: fields })).status).toBe(201);
});

test("credentials of a removed user are deleted immediately, and the fleet is poked", async () => {
  const { call, id } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "a", login_username: "me", login_password: "pw" } });
  const readUsers = () =>
    edge.stack().query(
      `select users.* from users join partner_connections connections on connections.id = connection_id
       where partner_id = $1`,
      [id],
    );
  const [before] = await readUsers();
  await edge.stack().query("delete from outbox where partner_id = $1", [id]);
  await call("DELETE", `${userPath("a")}?purge=true`);
  const [after] = await readUsers();
  expect(after).toMatchObject({ login_username: null, sealed_login_password: null });
  expect(after?.["archived_at"]).toBeInstanceOf(Date);
  expect(Number(after?.["change_seq"])).toBeGreaterThan(Number(before?.["change_seq"]));
  expect(
    await edge.stack().query("select kind, payload from outbox where partner_id = $1", [id]),
  ).toEqual([{ kind: "users_changed", payload: { user_ids: [after?.["id"]] } }]);
});

test("an archived user can be removed too, and purge=false archives only", async () => {
  const { call } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "a" } });
  expect((await call("DELETE", `${userPath("a")}?purge=false`)).status).toBe(204);
  expect((await call("GET", userPath("a"))).body).toMatchObject({ archived: true });
  expect((await call("DELETE", `${userPath("a")}?purge=true`)).status).toBe(202);
  expect((await call("DELETE", userPath("a"))).status).toBe(404);
});

test("any other value of purge is refused, and nothing happens", async () => {
  const { call } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "a" } });
  for (const value of ["", "1", "TRUE", "yes", "%00"]) {
    expect(await call("DELETE", `${userPath("a")}?purge=${value}`)).toMatchObject({
      status: 422,
      body: { errors: [{ pointer: "/purge" }] },
    });
  }
  expect((await call("GET", userPath("a"))).body).toMatchObject({ archived: false });
});

test("a removed connection disappears immediately with its users, and can be created again", async () => {
  const { call } = await edge.connectedPartner();
  for (const tag of ["a", "b", "c"]) await call("POST", USERS, { body: { tag } });
  const removed = await call("DELETE", "/connections/PLAIN");
  const shown = { ...started, scope: "connection", total: 3 };
  expect(removed).toMatchObject({ status: 202, body: shown });
  expect((await call("GET", "/connections")).body).toEqual([]);
  for (const gone of ["/connections/PLAIN", USERS, userPath("a")]) {
    expect((await call("GET", gone)).status).toBe(404);
  }
  expect((await call("POST", USERS, { body: { tag: "d" } })).status).toBe(404);
  const again = await call("POST", "/connections", { body: { imap_provider_code: "PLAIN" } });
  expect(again).toMatchObject({ status: 201, body: { users_count: 0 } });
  expect((await call("POST", USERS, { body: { tag: "a" } })).status).toBe(201);
  expect((await call("GET", path(removed.headers.get("location")))).body).toMatchObject(shown);
});

test("one of many concurrent removals of a connection begins", async () => {
  const { call } = await edge.connectedPartner();
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => call("DELETE", "/connections/PLAIN")),
  );
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses).toEqual([202, ...Array.from({ length: 7 }, () => 404)]);
});

test("a removal is visible to its partner only, and an unknown one is not found", async () => {
  const { call } = await edge.connectedPartner();
  const other = await edge.newPartner();
  const removed = await call("DELETE", "/connections/PLAIN");
  const purge = path(removed.headers.get("location"));
  for (const answer of [
    await other.call("GET", purge),
    await call("GET", "/purges/prg_nothing"),
    await call("GET", "/purges/%00"),
  ]) {
    expect(answer).toMatchObject({ status: 404, body: { code: "not-found" } });
  }
  expect((await createApiCaller(edge.stack().url)("GET", purge)).status).toBe(401);
});
