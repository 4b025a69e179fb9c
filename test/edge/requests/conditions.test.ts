import { expect, test } from "vitest";
import { useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();

const ifMatch = (etag: string | null) => ({ headers: { "if-match": etag ?? "" } });
const ifNoneMatch = (etag: string | null) => ({ headers: { "if-none-match": etag ?? "" } });

async function newUser() {
  const { call } = await edge.connectedPartner();
  const created = await call("POST", USERS, { body: { tag: "X", login_username: "u" } });
  return { call, etag: created.headers.get("etag") };
}

test("an ETag is the same for the same version, whatever its links", async () => {
  const { call, etag } = await newUser();
  expect(etag).toMatch(/^"[0-9a-f]{32}"$/);
  expect((await call("GET", userPath("X"))).headers.get("etag")).toBe(etag);
  const known = await call("GET", userPath("X"), ifNoneMatch(etag));
  expect(known).toMatchObject({ status: 304, text: "" });
  expect(known.headers.get("etag")).toBe(etag);
});

test("the ETag covers neither when the server last answered nor the lag", async () => {
  const { call, id } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "X" } });
  const ofPartner = `connection_id in (select id from partner_connections where partner_id = $1)`;
  await edge.stack().query(`update users set state = 'watching' where ${ofPartner}`, [id]);
  const before = await call("GET", userPath("X"));
  await edge.stack().query(
    `insert into user_freshness (user_id, last_heard_at, caught_up_at)
     select id, now(), now() - interval '5 minutes' from users where ${ofPartner}`,
    [id],
  );
  const after = await call("GET", userPath("X"));
  expect(before.body).toMatchObject({ last_heard_at: null });
  expect(after.body).toMatchObject({
    last_heard_at: expect.any(String),
    lag_seconds: expect.closeTo(330, -2),
  });
  expect(after.headers.get("etag")).toBe(before.headers.get("etag"));
});

test("each change has another ETag, that of a secret too", async () => {
  const { call, etag } = await newUser();
  const tags = [etag];
  for (const body of [{ email: "x@x.test" }, { login_password: "a" }, { login_password: "b" }]) {
    const { headers } = await call("PUT", userPath("X"), { body });
    tags.push(headers.get("etag"));
    expect((await call("GET", userPath("X"))).headers.get("etag")).toBe(headers.get("etag"));
  }
  expect(new Set(tags).size).toBe(4);
  expect((await call("GET", userPath("X"), ifNoneMatch(etag))).status).toBe(200);
});

test("a write that names another version changes nothing", async () => {
  const { call, etag } = await newUser();
  const body = { email: "x@x.test" };
  expect((await call("PUT", userPath("X"), { body, ...ifMatch(etag) })).status).toBe(200);
  const stale = { status: 412, body: { code: "precondition-failed" } };
  for (const given of [etag, '"other"', "nonsense", `W/${etag}`]) {
    const late = { body: { email: "y@x.test" }, ...ifMatch(given) };
    expect(await call("PUT", userPath("X"), late)).toMatchObject(stale);
    expect(await call("DELETE", userPath("X"), ifMatch(given))).toMatchObject(stale);
    expect(await call("DELETE", `${userPath("X")}?purge=true`, ifMatch(given))).toMatchObject(
      stale,
    );
  }
  expect((await call("GET", userPath("X"))).body).toMatchObject({ ...body, archived: false });
  expect((await call("DELETE", userPath("X"), ifMatch("*"))).status).toBe(204);
  expect((await call("PUT", userPath("nobody"), { body, ...ifMatch("*") })).status).toBe(404);
});

test("exactly one of many writes with the same version succeeds", async () => {
  const { call, etag } = await newUser();
  const answers = await Promise.all(
    Array.from({ length: 6 }, (_, n) =>
      call("PUT", userPath("X"), { body: { email: `${n}@x.test` }, ...ifMatch(etag) }),
    ),
  );
  const statuses = answers.map(({ status }) => status).toSorted();
  expect(statuses).toEqual([200, 412, 412, 412, 412, 412]);
});

test("a connection has an ETag too, which covers its secret", async () => {
  const { call } = await edge.newPartner();
  const path = "/connections/GMAIL_OAUTH2";
  const created = await call("POST", "/connections", {
    body: { imap_provider_code: "GMAIL_OAUTH2", oauth2_client_id: "a" },
  });
  const etag = created.headers.get("etag");
  expect((await call("GET", path, ifNoneMatch(etag))).status).toBe(304);
  const body = { oauth2_client_secret: "s" };
  const changed = await call("PUT", path, { body, ...ifMatch(etag) });
  expect(changed.status).toBe(200);
  expect(changed.headers.get("etag")).not.toBe(etag);
  const stale = { status: 412, body: { code: "precondition-failed" } };
  expect(await call("PUT", path, { body, ...ifMatch(etag) })).toMatchObject(stale);
  expect(await call("DELETE", path, ifMatch(etag))).toMatchObject(stale);
  expect((await call("GET", path)).status).toBe(200);
});
