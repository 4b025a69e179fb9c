import * as v from "valibot";
import { expect, test } from "vitest";
import { type WebhookKeyName, webhookKeyRow } from "../../../db/partners/webhook-keys.ts";
import { isSignedWith, signWith, toPublicKey } from "../../../shared/secrets/signing-key.ts";
import { type TestPartner, useEdge } from "../use-edge.ts";

const edge = useEdge();

const SECRET = "/webhooks/secret";
const SIGNING_KEY = "/webhooks/signing-key";
const HOUR_MS = 3_600_000;
const newSecret = v.object({ secret: v.pipe(v.string(), v.startsWith("whsec_")) });
const until = v.object({ previous: v.object({ until: v.pipe(v.string(), v.isoTimestamp()) }) });
const publicKey = v.object({ public_key: v.pipe(v.string(), v.startsWith("whpk_")) });

async function rotateSecret({ call }: TestPartner, body: object = {}): Promise<string> {
  const answer = await call("POST", SECRET, { body });
  expect(answer).toMatchObject({ status: 201 });
  return v.parse(newSecret, answer.body).secret;
}

const inHours = (body: unknown) =>
  (Date.parse(v.parse(until, body).previous.until) - Date.now()) / HOUR_MS;

const partnerRow = async ({ id }: TestPartner) => {
  const [row] = await edge.stack().query("select * from partners where id = $1", [id]);
  return row ?? {};
};

/** Decrypts a secret or signing key of the partner, as the fleet does. */
const opened = async (
  partner: TestPartner,
  name: WebhookKeyName | `previous_${WebhookKeyName}`,
): Promise<string> => {
  const sealed = (await partnerRow(partner))[`sealed_${name}`];
  return edge.stack().vaults.partner.open(webhookKeyRow(partner.id, name), String(sealed));
};

test("a new secret is shown once and sealed, and the old one signs for 24 hours more", async () => {
  const partner = await edge.newPartner();
  const old = await opened(partner, "webhook_secret");
  const before = await partner.call("GET", SECRET);
  expect(before).toMatchObject({ status: 200, body: { prefix: old.slice(0, 10), previous: null } });

  const answer = await partner.call("POST", SECRET);
  const { secret } = v.parse(newSecret, answer.body);
  expect(answer).toMatchObject({
    status: 201,
    body: { prefix: secret.slice(0, 10), previous: { prefix: old.slice(0, 10) } },
  });
  expect(inHours(answer.body)).toBeCloseTo(24, 1);
  expect(await opened(partner, "webhook_secret")).toBe(secret);
  expect(await opened(partner, "previous_webhook_secret")).toBe(old);

  const shown = await partner.call("GET", SECRET);
  expect(shown.body).toMatchObject({ previous: { prefix: old.slice(0, 10) } });
  for (const text of [shown.text, JSON.stringify(await partnerRow(partner))]) {
    expect(text).not.toContain(secret);
    expect(text).not.toContain(old);
  }
});

test("a rotation pokes the fleet immediately, and is in the audit log", async () => {
  const partner = await edge.newPartner();
  await rotateSecret(partner, { grace_hours: "0" });
  const { query } = edge.stack();
  const kinds = await query("select kind from outbox where partner_id = $1", [partner.id]);
  expect(kinds).toEqual([{ kind: "partner_changed" }]);
  const audit = await query("select action, actor, details from audit_log where subject_id = $1", [
    partner.id,
  ]);
  expect(audit).toEqual([
    {
      action: "webhook_secret.rotated",
      actor: `partner:${partner.id}`,
      details: { previous_until: null, forced: false },
    },
  ]);
});

test("the grace has the requested length", async () => {
  const partner = await edge.newPartner();
  const week = await partner.call("POST", SECRET, { body: { grace_hours: 168 } });
  expect(inHours(week.body)).toBeCloseTo(168, 1);
  const none = await partner.call("POST", SECRET, { body: { grace_hours: 0, force: true } });
  expect(none).toMatchObject({ status: 201, body: { previous: null } });
  expect(await partnerRow(partner)).toMatchObject({
    sealed_previous_webhook_secret: null,
    previous_webhook_secret_until: null,
  });
});

test("while a rotation runs another one must be forced, and drops the oldest secret", async () => {
  const partner = await edge.newPartner();
  const second = await rotateSecret(partner);
  const refused = await partner.call("POST", SECRET);
  expect(refused).toMatchObject({ status: 409, body: { code: "conflict" } });
  expect(await opened(partner, "webhook_secret")).toBe(second);

  const third = await rotateSecret(partner, { force: true });
  expect(await opened(partner, "webhook_secret")).toBe(third);
  expect(await opened(partner, "previous_webhook_secret")).toBe(second);

  const query = "update partners set previous_webhook_secret_until = now() where id = $1";
  await edge.stack().query(query, [partner.id]);
  expect((await partner.call("GET", SECRET)).body).toMatchObject({ previous: null });
  await rotateSecret(partner);
  expect(await opened(partner, "previous_webhook_secret")).toBe(third);
});

test("one of two concurrent rotations is refused", async () => {
  const partner = await edge.newPartner();
  const answers = await Promise.all([partner.call("POST", SECRET), partner.call("POST", SECRET)]);
  expect(answers.map(({ status }) => status).toSorted()).toEqual([201, 409]);
});

test("a rotation that is sent again under its key is done once, and shows the same secret", async () => {
  const { call } = await edge.newPartner();
  const request = { headers: { "idempotency-key": "rotation" } };
  const first = await call("POST", SECRET, request);
  expect(await call("POST", SECRET, request)).toMatchObject({ status: 201, text: first.text });
});

test("a signing key is created, rotated and removed, and only its public half is shown", async () => {
  const partner = await edge.newPartner();
  const { call } = partner;
  const none = { public_key: null, previous: null };
  expect(await call("GET", SIGNING_KEY)).toMatchObject({ status: 200, body: none });

  const made = await call("POST", SIGNING_KEY);
  expect(made).toMatchObject({ status: 201, body: { previous: null } });
  const first = v.parse(publicKey, made.body).public_key;
  const key = await opened(partner, "signing_key");
  expect(toPublicKey(key)).toBe(first);
  // workerd, the runtime of the edge, created this key pair. The test uses it in another runtime.
  expect(await isSignedWith(first, "text", await signWith(key, "text"))).toBe(true);

  const changed = await call("POST", SIGNING_KEY);
  const second = v.parse(publicKey, changed.body).public_key;
  expect(second).not.toBe(first);
  expect(changed.body).toMatchObject({ previous: { public_key: first } });
  expect(inHours(changed.body)).toBeCloseTo(24, 1);
  expect(toPublicKey(await opened(partner, "previous_signing_key"))).toBe(first);
  expect((await call("GET", SIGNING_KEY)).body).toEqual(changed.body);
  expect((await call("POST", SIGNING_KEY)).status).toBe(409);

  for (const _again of [1, 2]) expect((await call("DELETE", SIGNING_KEY)).status).toBe(204);
  expect((await call("GET", SIGNING_KEY)).body).toEqual(none);
  expect(await partnerRow(partner)).toMatchObject({
    sealed_signing_key: null,
    sealed_previous_signing_key: null,
    previous_signing_key_until: null,
  });
  const actions = await edge
    .stack()
    .query("select action from audit_log where subject_id = $1 order by at", [partner.id]);
  expect(actions.map(({ action }) => action)).toEqual([
    "signing_key.created",
    "signing_key.rotated",
    "signing_key.removed",
  ]);
});

const WRONG: object[] = [
  { grace_hours: -1 },
  { grace_hours: 169 },
  { grace_hours: "169" },
  { grace_hours: 1.5 },
  { grace_hours: "1.5" },
  { grace_hours: "" },
  { grace_hours: null },
  { grace_hours: true },
  { force: "maybe" },
  { secret: "whsec_of-my-own" },
];

test.each(WRONG)("%j is refused, and nothing changes", async (body) => {
  const partner = await edge.newPartner();
  const before = await partnerRow(partner);
  for (const path of [SECRET, SIGNING_KEY]) {
    const answer = await partner.call("POST", path, { body });
    expect(answer).toMatchObject({ status: 422, body: { code: "invalid-input" } });
    expect(answer.text).not.toContain("of-my-own");
  }
  expect(await partnerRow(partner)).toEqual(before);
});

test("each partner's keys are separate", async () => {
  const [one, other] = [await edge.newPartner(), await edge.newPartner()];
  const before = await partnerRow(other);
  await rotateSecret(one);
  await one.call("POST", SIGNING_KEY);
  expect(await partnerRow(other)).toEqual(before);
});
