import { expect, test } from "vitest";
import { createApiCaller } from "../../harness/api-caller.ts";
import * as v from "valibot";
import { type TestPartner, useEdge } from "../use-edge.ts";

const edge = useEdge();

const shownKey = v.object({ id: v.string(), prefix: v.string(), signing: v.boolean() });
const madeKey = v.object({ ...shownKey.entries, key: v.string() });

const listKeys = async ({ call }: TestPartner) =>
  v.parse(v.array(shownKey), (await call("GET", "/api-keys")).body);

async function makeKey({ call }: TestPartner) {
  const { status, body } = await call("POST", "/api-keys");
  expect(status).toBe(201);
  return v.parse(madeKey, body);
}

test("a key is created, listed by its prefix, used, chosen for signing and revoked", async () => {
  const partner = await edge.newPartner();
  const [first] = await listKeys(partner);
  expect(first).toMatchObject({ signing: true, prefix: partner.apiKey.slice(0, 10) });

  const made = await makeKey(partner);
  expect(made.key.startsWith(made.prefix)).toBe(true);
  const withNew = createApiCaller(edge.stack().url, made.key);
  const listed = await withNew("GET", "/api-keys");
  expect(listed.text).not.toContain(made.key);
  expect(listed.body).toMatchObject([
    { id: first?.id, signing: true },
    { id: made.id, signing: false, last_used_at: expect.any(String), revoked_at: null },
  ]);

  const chosen = await withNew("PUT", `/api-keys/${made.id}`, { body: { signing: true } });
  expect(chosen).toMatchObject({ status: 200, body: { id: made.id, signing: true } });
  expect((await withNew("DELETE", `/api-keys/${first?.id}`)).status).toBe(204);
  expect((await withNew("DELETE", `/api-keys/${first?.id}`)).status).toBe(204);
  expect((await partner.call("GET", "/connections")).status).toBe(401);
  expect((await withNew("GET", "/api-keys")).body).toMatchObject([
    { id: first?.id, signing: false, revoked_at: expect.any(String) },
    { id: made.id, signing: true, revoked_at: null },
  ]);
});

test("the key of an answer is sealed for its row, and signs once it is chosen", async () => {
  const partner = await edge.newPartner();
  const { id, key } = await makeKey(partner);
  const { query, vaults } = edge.stack();
  const [row] = await query("select * from api_keys where id = $1", [id]);
  expect(JSON.stringify(row)).not.toContain(key);
  expect(await vaults.partner.open(`api_keys/${id}/key`, String(row?.["sealed_key"]))).toBe(key);

  await partner.call("PUT", `/api-keys/${id}`, { body: { signing: "true" } });
  const kinds = await query("select kind from outbox where partner_id = $1", [partner.id]);
  expect(kinds).toEqual([{ kind: "partner_changed" }]);
  const audit = await query(
    "select action, actor from audit_log where subject_id = $1 order by at",
    [id],
  );
  const actor = `partner:${partner.id}`;
  expect(audit).toEqual([
    { action: "api_key.created", actor },
    { action: "api_key.chosen", actor },
  ]);
});

test("the key that signs cannot be revoked, nor the last one", async () => {
  const partner = await edge.newPartner();
  const [first] = await listKeys(partner);
  const conflict = { status: 409, body: { code: "conflict" } };
  const revoke = () => partner.call("DELETE", `/api-keys/${first?.id}`);
  expect(await revoke()).toMatchObject(conflict);
  const { id } = await makeKey(partner);
  expect(await revoke()).toMatchObject(conflict);
  expect((await partner.call("DELETE", `/api-keys/${id}`)).status).toBe(204);
  const chosen = await partner.call("PUT", `/api-keys/${id}`, { body: { signing: true } });
  expect(chosen).toMatchObject(conflict);
  await edge.stack().query("update api_keys set signing = false where id = $1", [first?.id]);
  expect(await revoke()).toMatchObject(conflict);
});

test("after two concurrent revocations one key is left", async () => {
  const partner = await edge.newPartner();
  const { id } = await makeKey(partner);
  const [first] = await listKeys(partner);
  await edge
    .stack()
    .query("update api_keys set signing = false where partner_id = $1", [partner.id]);
  const answers = await Promise.all(
    [id, first?.id].map((key) => partner.call("DELETE", `/api-keys/${key}`)),
  );
  // The other request was refused: it would have revoked the last key, or it was sent with the key
  // that had just been revoked.
  expect(answers.filter(({ status }) => status === 204)).toHaveLength(1);
  const living = await edge
    .stack()
    .query("select 1 from api_keys where partner_id = $1 and revoked_at is null", [partner.id]);
  expect(living).toHaveLength(1);
});

test("twenty keys are enough", async () => {
  const partner = await edge.newPartner();
  for (let made = 1; made < 20; made++) await makeKey(partner);
  expect(await partner.call("POST", "/api-keys")).toMatchObject({
    status: 409,
    body: { code: "conflict" },
  });
});

test("wrong input and another partner's key are refused", async () => {
  const partner = await edge.newPartner();
  const [key] = await listKeys(partner);
  const stranger = await edge.newPartner();
  for (const id of [key?.id, "key_nobody", "%00", "%ED%A0%80"]) {
    for (const [method, body] of [
      ["PUT", { signing: true }],
      ["DELETE", undefined],
    ] as const) {
      const answer = await stranger.call(method, `/api-keys/${id}`, body && { body });
      expect(answer, `${method} ${id}`).toMatchObject({ status: 404, body: { code: "not-found" } });
    }
  }
  for (const body of [{}, { signing: false }, { signing: "no" }, { signing: true, extra: 1 }]) {
    expect((await partner.call("PUT", `/api-keys/${key?.id}`, { body })).status).toBe(422);
  }
  expect((await partner.call("POST", "/api-keys", { body: { name: "x" } })).status).toBe(422);
});
