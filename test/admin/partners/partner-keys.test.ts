import * as v from "valibot";
import { expect, test } from "vitest";
import type { TestWebhookAnswer } from "../../../shared/commands.ts";
import { answerNextCommand } from "../../connect/answer-next-command.ts";
import { createApiCaller } from "../../harness/api-caller.ts";
import { useAdmin } from "../use-admin.ts";

const admin = useAdmin();
const query = (sql: string, values?: unknown[]) => admin.stack().query(sql, values);

const CONFLICT = { status: 409, body: { code: "conflict" } };
const madeKey = v.object({ id: v.string(), prefix: v.string(), key: v.string() });
const keyList = v.object({
  api_keys: v.array(v.looseObject({ id: v.string(), signing: v.boolean() })),
});
const madeSecret = v.object({ prefix: v.string(), secret: v.string() });

async function withPartner() {
  const one = await admin.signedIn();
  const partner = await admin.stack().newPartner();
  const path = `/partners/${partner.id}`;
  const audit = async (subject: string) =>
    query("select actor, action, before, after from audit_log where subject_id = $1 order by id", [
      subject,
    ]);
  return { actor: `admin:${one.id}`, browser: one.browser, partner, path, audit };
}

test("API keys are created, shown once, chosen for signing and revoked", async () => {
  const { actor, browser, partner, path, audit } = await withPartner();
  const made = v.parse(madeKey, (await browser.call("POST", `${path}/api-keys`)).body);
  expect((await createApiCaller(admin.stack().url, made.key)("GET", "/connections")).status).toBe(
    200,
  );
  const listed = await browser.call("GET", `${path}/api-keys`);
  expect(listed.text).not.toContain(made.key);
  expect(listed.text).not.toContain("sealed");
  const { api_keys: keys } = v.parse(keyList, listed.body);
  expect(keys.map(({ id, signing }) => [id, signing])).toEqual([
    [partner.apiKeyId, true],
    [made.id, false],
  ]);

  const first = `${path}/api-keys/${partner.apiKeyId}`;
  expect(await browser.call("DELETE", first)).toMatchObject(CONFLICT);
  const chosen = await browser.call("POST", `${path}/api-keys/${made.id}/sign`);
  expect(chosen).toMatchObject({ status: 200, body: { id: made.id, signing: true } });
  expect((await browser.call("DELETE", first)).status).toBe(204);
  const used = await createApiCaller(admin.stack().url, partner.apiKey)("GET", "/connections");
  expect(used.status).toBe(401);
  expect(await audit(made.id)).toMatchObject([
    { actor, action: "api_key.created" },
    { actor, action: "api_key.chosen" },
  ]);
  expect(await audit(partner.apiKeyId)).toMatchObject([{ actor, action: "api_key.revoked" }]);
});

test("a key of another partner, or an unknown key, is not found", async () => {
  const { browser, path } = await withPartner();
  const other = await admin.stack().newPartner();
  for (const id of [other.apiKeyId, "key_0000000000000000000000", "%00"]) {
    for (const [method, rest] of [
      ["DELETE", ""],
      ["POST", "/sign"],
    ] as const) {
      expect(await browser.call(method, `${path}/api-keys/${id}${rest}`)).toMatchObject({
        status: 404,
        body: { code: "not-found" },
      });
    }
  }
});

test("the webhook secret is rotated and shown once", async () => {
  const { actor, browser, partner, path, audit } = await withPartner();
  const before = await browser.call("GET", `${path}/webhook-secret`);
  expect(before.body).toEqual({ prefix: partner.webhookSecret.slice(0, 10), previous: null });
  const answer = await browser.call("POST", `${path}/webhook-secret`, { body: { grace_hours: 1 } });
  expect(answer.status).toBe(201);
  const made = v.parse(madeSecret, answer.body);
  expect(made.secret.startsWith(made.prefix)).toBe(true);
  const shown = await browser.call("GET", `${path}/webhook-secret`);
  expect(shown.text).not.toContain(made.secret);
  expect(shown.body).toMatchObject({
    prefix: made.prefix,
    previous: { prefix: partner.webhookSecret.slice(0, 10) },
  });
  expect(await browser.call("POST", `${path}/webhook-secret`)).toMatchObject(CONFLICT);
  const forced = await browser.call("POST", `${path}/webhook-secret`, { body: { force: true } });
  expect(forced.status).toBe(201);
  const told = await audit(partner.id);
  expect(told).toMatchObject([
    { actor, action: "webhook_secret.rotated" },
    { actor, action: "webhook_secret.rotated" },
  ]);
  expect(JSON.stringify(told)).not.toContain("whsec_");
});

test.each([
  [{ grace_hours: 169 }, "/grace_hours"],
  [{ grace_hours: "soon" }, "/grace_hours"],
  [{ force: "perhaps" }, "/force"],
])("a rotation with %j is refused at its field", async (body, pointer) => {
  const { browser, path } = await withPartner();
  for (const key of ["webhook-secret", "signing-key"]) {
    const answer = await browser.call("POST", `${path}/${key}`, { body });
    expect(answer).toMatchObject({ status: 422, body: { errors: [{ pointer }] } });
  }
});

test("a signing key is created, shown with its public half only, and removed", async () => {
  const { actor, browser, partner, path, audit } = await withPartner();
  const none = { public_key: null, previous: null };
  expect((await browser.call("GET", `${path}/signing-key`)).body).toEqual(none);
  const made = await browser.call("POST", `${path}/signing-key`);
  expect(made).toMatchObject({
    status: 201,
    body: { public_key: expect.stringMatching(/^whpk_/), previous: null },
  });
  expect(made.text).not.toContain("whsk_");
  expect((await browser.call("GET", `${path}/signing-key`)).body).toEqual(made.body);
  for (let n = 0; n < 2; n++) {
    expect((await browser.call("DELETE", `${path}/signing-key`)).status).toBe(204);
  }
  expect((await browser.call("GET", `${path}/signing-key`)).body).toEqual(none);
  expect(await audit(partner.id)).toMatchObject([
    { actor, action: "signing_key.created" },
    { actor, action: "signing_key.removed" },
  ]);
});

test("a test webhook is sent, and its answer shown", async () => {
  const { actor, browser, partner, path, audit } = await withPartner();
  const answer: TestWebhookAnswer = {
    result: "response",
    status: 500,
    answer: "Oh no",
    duration_ms: 12,
  };
  const [shown, request] = await Promise.all([
    browser.call("POST", `${path}/test-webhook`),
    answerNextCommand(admin.stack(), answer),
  ]);
  expect(request).toEqual({ kind: "test_webhook", partner_id: partner.id });
  expect(shown).toMatchObject({ status: 200, body: answer });
  expect(await audit(partner.id)).toMatchObject([{ actor, action: "webhook.tested" }]);
});

// Takes 5 s: the edge waits this long for the fleet to accept a command (TAKE_TIMEOUT_MS).
test("a missing webhook and a missing fleet are reported", async () => {
  const { browser, path } = await withPartner();
  const [shown] = await Promise.all([
    browser.call("POST", `${path}/test-webhook`),
    answerNextCommand(admin.stack(), { result: "no_webhook" }),
  ]);
  expect(shown).toMatchObject(CONFLICT);
  expect(await browser.call("POST", `${path}/test-webhook`)).toMatchObject({
    status: 503,
    body: { code: "unavailable", detail: "Cannot send a test: the fleet is not running" },
  });
});
