import { expect, test } from "vitest";
import { createApiCaller } from "../../harness/api-caller.ts";
import { type TestPartner, useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();

/** Every route that reads or writes data of a partner. */
const routes: [method: string, path: string, body?: object][] = [
  ["GET", "/connections/PLAIN"],
  ["PUT", "/connections/PLAIN", {}],
  ["DELETE", "/connections/PLAIN"],
  ["GET", USERS],
  ["POST", USERS, { tag: "intruder" }],
  ["GET", userPath("victim")],
  ["PUT", userPath("victim"), { tag: "stolen", archived: true, login_password: "x" }],
  ["DELETE", userPath("victim")],
];
const unscoped: typeof routes = [
  ["GET", "/connections"],
  ["POST", "/connections", { imap_provider_code: "PLAIN" }],
  ["POST", "/webhooks/test", {}],
  ["GET", "/events"],
  ["GET", "/dead-letters"],
  ["GET", "/tracer-log"],
  ["POST", "/dead-letters/delete", { all: true }],
  ["GET", "/api-keys"],
  ["POST", "/api-keys", {}],
  ["GET", "/webhooks/secret"],
  ["POST", "/webhooks/secret", {}],
  ["GET", "/webhooks/signing-key"],
  ["POST", "/webhooks/signing-key", {}],
  ["DELETE", "/webhooks/signing-key"],
];

/** Reads the partner's connections, users and outbox rows. */
const readRows = async ({ id }: TestPartner) => ({
  connections: await edge
    .stack()
    .query("select * from partner_connections where partner_id = $1", [id]),
  users: await edge.stack().query(
    `select users.* from users join partner_connections c on c.id = connection_id
     where partner_id = $1 order by users.id`,
    [id],
  ),
  outbox: await edge.stack().query("select * from outbox where partner_id = $1 order by id", [id]),
});

async function newVictim() {
  const victim = await edge.connectedPartner();
  const body = { tag: "victim", email: "v@x.test", login_username: "u", login_password: "p" };
  await victim.call("POST", USERS, { body });
  return { victim, before: await readRows(victim) };
}

const strangers: [what: string, make: () => Promise<TestPartner>][] = [
  ["no connection", () => edge.newPartner()],
  ["a connection of its own", () => edge.connectedPartner()],
];

test.each(strangers)(
  "a partner with %s cannot see or touch another's rows",
  async (_what, make) => {
    const { victim, before } = await newVictim();
    const stranger = await make();
    for (const [method, path, body] of routes) {
      const answer = await stranger.call(method, path, body === undefined ? {} : { body });
      // The stranger gets its own connection and its own empty lists, but no data of the victim.
      expect(answer.text).not.toContain("v@x.test");
      if (path.includes("victim")) expect(answer.status, `${method} ${path}`).toBe(404);
    }
    expect(await readRows(victim)).toEqual(before);
  },
);

test("a partner without a connection gets 404 on every path below one", async () => {
  const { victim, before } = await newVictim();
  const stranger = await edge.newPartner();
  for (const [method, path, body] of routes) {
    const answer = await stranger.call(method, path, body === undefined ? {} : { body });
    expect(answer, `${method} ${path}`).toMatchObject({ status: 404, body: { code: "not-found" } });
  }
  expect((await stranger.call("GET", "/connections")).body).toEqual([]);
  expect(await readRows(victim)).toEqual(before);
});

test("another partner's cursor shows none of its users", async () => {
  const { victim } = await newVictim();
  await victim.call("POST", USERS, { body: { tag: "second" } });
  const { headers } = await victim.call("GET", `${USERS}?limit=1`);
  const cursor = /cursor=([\w-]+)/.exec(headers.get("link") ?? "")?.[1] ?? "";
  const stranger = await edge.connectedPartner();
  expect((await stranger.call("GET", `${USERS}?cursor=${cursor}`)).body).toEqual([]);
});

test("every route refuses a missing, wrong or revoked key with the same answer", async () => {
  const { victim, before } = await newVictim();
  const revoked = await edge.newPartner();
  await edge
    .stack()
    .query("update api_keys set revoked_at = now() where partner_id = $1", [revoked.id]);
  const { url } = edge.stack();
  const keys = [undefined, "", "sk_wrong", `${victim.apiKey}x`, revoked.apiKey];
  const answers = new Set<string>();
  for (const [method, path, body] of [...routes, ...unscoped]) {
    for (const key of keys) {
      const headers = { "x-request-id": "same" };
      const request = { headers, ...(body !== undefined && { body }) };
      const answer = await createApiCaller(url, key)(method, path, request);
      expect(answer.status, `${method} ${path}`).toBe(401);
      expect(answer.headers.get("www-authenticate")).toBe("ApiKey");
      answers.add(answer.text);
    }
  }
  expect([...answers]).toHaveLength(1);
  expect([...answers][0]).toContain('"code":"unauthorized"');
  expect(await readRows(victim)).toEqual(before);
});

test("the key is taken from the query or the body too, and is no field", async () => {
  const { apiKey } = await edge.connectedPartner();
  const call = createApiCaller(edge.stack().url);
  expect((await call("GET", `/connections?api_key=${apiKey}`)).status).toBe(200);
  expect((await call("POST", USERS, { body: { tag: "a", api_key: apiKey } })).status).toBe(201);
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  expect((await call("POST", USERS, { body: `tag=b&api_key=${apiKey}`, headers })).status).toBe(
    201,
  );
  expect((await call("POST", `${USERS}?api_key=${apiKey}`, { body: { tag: "c" } })).status).toBe(
    201,
  );
  const wrong = await call("POST", USERS, { body: { bogus: 1, api_key: apiKey } });
  expect(wrong.status).toBe(422);
  expect(wrong.text).not.toContain("api_key");
  expect((await call("DELETE", userPath("a"), { body: { api_key: apiKey } })).status).toBe(204);
});

test("a key's last use is noted at most once a minute", async () => {
  const { call, id } = await edge.newPartner();
  const lastUsed = async () => {
    const sql = "select last_used_at from api_keys where partner_id = $1";
    return (await edge.stack().query(sql, [id]))[0]?.["last_used_at"];
  };
  expect(await lastUsed()).toBeNull();
  await call("GET", "/connections");
  const first = await lastUsed();
  expect(first).toBeInstanceOf(Date);
  await call("GET", "/connections");
  expect(await lastUsed()).toEqual(first);
  await edge
    .stack()
    .query(
      "update api_keys set last_used_at = now() - interval '61 seconds' where partner_id = $1",
      [id],
    );
  await call("GET", "/connections");
  expect(Number(await lastUsed())).toBeGreaterThanOrEqual(Number(first));
});
