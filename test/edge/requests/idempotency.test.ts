import { expect, test } from "vitest";
import { type TestPartner, useEdge, userPath, USERS } from "../use-edge.ts";

const edge = useEdge();

const withKey = (key: string) => ({ headers: { "idempotency-key": key } });

const countOwnUsers = async ({ id }: TestPartner) => {
  const [row] = await edge.stack().query(
    `select count(*)::int as users from users
     join partner_connections c on c.id = connection_id where partner_id = $1`,
    [id],
  );
  return row?.["users"];
};

test("the same write under the same key is answered the same and done once", async () => {
  const partner = await edge.connectedPartner();
  const { call } = partner;
  const request = { ...withKey("one"), body: { tag: "X", email: "x@x.test" } };
  const first = await call("POST", USERS, request);
  expect(first.status).toBe(201);
  expect(first.headers.get("idempotency-replayed")).toBeNull();

  const second = await call("POST", USERS, request);
  expect(second).toMatchObject({ status: 201, text: first.text });
  for (const name of ["location", "etag", "content-type"]) {
    expect(second.headers.get(name)).toBe(first.headers.get(name));
  }
  expect(second.headers.get("idempotency-replayed")).toBe("true");
  expect(second.headers.get("x-request-id")).not.toBe(first.headers.get("x-request-id"));

  const form = { "content-type": "application/x-www-form-urlencoded" };
  const asForm = { headers: { ...form, "idempotency-key": "one" }, body: "email=x%40x.test&tag=X" };
  expect((await call("POST", USERS, asForm)).text).toBe(first.text);
  expect(await countOwnUsers(partner)).toBe(1);
});

test("PUT and DELETE are repeated too, and a refusal is the same", async () => {
  const { call } = await edge.connectedPartner();
  await call("POST", USERS, { body: { tag: "X" } });
  const put = { ...withKey("put"), body: { tag: "Y" } };
  const renamed = await call("PUT", userPath("X"), put);
  expect(renamed.status).toBe(200);
  // Without the idempotency key, the answer would be 404, because the tag X no longer exists.
  expect(await call("PUT", userPath("X"), put)).toMatchObject({ status: 200, text: renamed.text });

  expect((await call("DELETE", userPath("Y"), withKey("delete"))).status).toBe(204);
  const again = await call("DELETE", userPath("Y"), withKey("delete"));
  expect(again).toMatchObject({ status: 204, text: "" });
  expect(again.headers.get("idempotency-replayed")).toBe("true");

  const wrong = { ...withKey("wrong"), body: { email: "hunter2" } };
  const refused = await call("POST", USERS, wrong);
  const repeated = await call("POST", USERS, wrong);
  expect(repeated).toMatchObject({ status: 422, body: { code: "invalid-input" } });
  expect(repeated.headers.get("content-type")).toBe(refused.headers.get("content-type"));
});

test("a refusal is not stored, so a corrected request may use the same key", async () => {
  const partner = await edge.connectedPartner();
  const { call, id } = partner;
  const keptRows = () =>
    edge.stack().query("select 1 from idempotency_keys where partner_id = $1", [id]);
  const invalid = { ...withKey("k"), body: { tag: "", email: "x@x.test" } };
  expect((await call("POST", USERS, invalid)).status).toBe(422);
  expect(await keptRows()).toEqual([]);

  await call("POST", USERS, { body: { tag: "X" } });
  const taken = { ...withKey("k"), body: { tag: "X", email: "x@x.test" } };
  expect((await call("POST", USERS, taken)).status).toBe(409);
  expect((await call("PUT", userPath("nobody"), { ...withKey("k"), body: {} })).status).toBe(404);
  expect(await keptRows()).toEqual([]);

  const mended = { ...withKey("k"), body: { tag: "Y", email: "x@x.test" } };
  const made = await call("POST", USERS, mended);
  expect(made.status).toBe(201);
  expect((await call("POST", USERS, mended)).headers.get("idempotency-replayed")).toBe("true");
  expect(await countOwnUsers(partner)).toBe(2);
});

test("a key that was used for something else is refused, and nothing is done", async () => {
  const partner = await edge.connectedPartner();
  const { call } = partner;
  await call("POST", USERS, { ...withKey("k"), body: { tag: "X" } });
  const reused = { status: 422, body: { code: "idempotency-key-reused" } };
  expect(await call("POST", USERS, { ...withKey("k"), body: { tag: "Y" } })).toMatchObject(reused);
  expect(await call("PUT", userPath("X"), { ...withKey("k"), body: { tag: "X" } })).toMatchObject(
    reused,
  );
  expect(await countOwnUsers(partner)).toBe(1);
});

test("equal keys of two partners are independent, and reads use no key", async () => {
  const [one, other] = [await edge.connectedPartner(), await edge.connectedPartner()];
  const request = { ...withKey("k"), body: { tag: "X" } };
  const first = await one.call("POST", USERS, request);
  const second = await other.call("POST", USERS, request);
  expect([first.status, second.status]).toEqual([201, 201]);
  expect(second.headers.get("idempotency-replayed")).toBeNull();
  const read = await one.call("GET", USERS, withKey("k"));
  expect(read.headers.get("idempotency-replayed")).toBeNull();
});

test("one of many concurrent requests is executed, and the others wait or repeat its answer", async () => {
  const partner = await edge.connectedPartner();
  const request = { ...withKey("k"), body: { tag: "X" } };
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => partner.call("POST", USERS, request)),
  );
  for (const { status, body, headers } of answers) {
    if (status === 201) continue;
    expect({ status, body }).toMatchObject({
      status: 409,
      body: { code: "idempotency-key-in-use" },
    });
    expect(headers.get("retry-after")).toBe("1");
  }
  expect(await countOwnUsers(partner)).toBe(1);
  expect((await partner.call("POST", USERS, request)).status).toBe(201);
});

test("a request whose process died blocks its key for a minute", async () => {
  const partner = await edge.connectedPartner();
  const { call, id } = partner;
  const request = { ...withKey("k"), body: { tag: "X" } };
  await call("POST", USERS, { ...withKey("k"), body: { tag: "before" } });
  const set = (values: string) =>
    edge.stack().query(`update idempotency_keys set ${values} where partner_id = $1`, [id]);
  await set("sealed_answer = null");
  expect((await call("POST", USERS, request)).status).toBe(409);
  await set("claimed_at = now() - interval '61 seconds'");
  expect((await call("POST", USERS, request)).status).toBe(201);
});

test("an answer is kept for a day and then swept away", async () => {
  const { call, id } = await edge.connectedPartner();
  const { query } = edge.stack();
  for (const tag of ["a", "b"]) await call("POST", USERS, { ...withKey(tag), body: { tag } });
  const age = (hours: number) =>
    query(
      `update idempotency_keys set claimed_at = now() - $2 * interval '1 hour' where partner_id = $1`,
      [id, hours],
    );
  await age(23);
  expect((await call("POST", USERS, { ...withKey("a"), body: { tag: "a" } })).status).toBe(201);
  await age(25);
  // The stored answer has expired, so the edge executes the request again. This needs a free tag:
  // the user with this tag is deleted first.
  expect((await call("DELETE", userPath("a"))).status).toBe(204);
  const made = await call("POST", USERS, { ...withKey("a"), body: { tag: "a" } });
  expect([made.status, made.headers.get("idempotency-replayed")]).toEqual([201, null]);
  const kept = await query("select 1 from idempotency_keys where partner_id = $1", [id]);
  expect(kept).toHaveLength(1);
});

// Takes 5 s: the edge waits this long for the fleet to accept a command (TAKE_TIMEOUT_MS).
test("an internal failure is not stored", async () => {
  const { call, id } = await edge.newPartner();
  // No fleet is running, so no process accepts the command.
  expect((await call("POST", "/webhooks/test", withKey("k"))).status).toBe(503);
  const kept = await edge
    .stack()
    .query("select 1 from idempotency_keys where partner_id = $1", [id]);
  expect(kept).toEqual([]);
});

test("stored answers are sealed", async () => {
  const { call, id } = await edge.newPartner();
  const made = await call("POST", "/api-keys", withKey("secret-key"));
  const [row] = await edge
    .stack()
    .query("select * from idempotency_keys where partner_id = $1", [id]);
  const key = String(new Map(Object.entries(Object(made.body))).get("key"));
  expect(key).toMatch(/^sk_/);
  expect(JSON.stringify(row)).not.toMatch(/secret-key/);
  expect(JSON.stringify(row)).not.toContain(key);
  expect((await call("POST", "/api-keys", withKey("secret-key"))).text).toBe(made.text);
});

test.each(["x".repeat(256), "caf\u00e9"])("the key %j is refused", async (key) => {
  const { call } = await edge.connectedPartner();
  expect(await call("POST", USERS, { ...withKey(key), body: { tag: "X" } })).toMatchObject({
    status: 422,
    body: { code: "invalid-input" },
  });
});
