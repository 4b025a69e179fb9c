import { generateKeyPairSync, sign } from "node:crypto";
import { Webhook as Standard } from "standardwebhooks";
import { expect, expectTypeOf, test } from "vitest";
import { toParsedJson } from "../fleet/webhook/payload/parsed-mail.ts";
import { prepareBody } from "../fleet/webhook/payload/payload.ts";
import type { EventKind, MailEvent } from "../shared/users/events.ts";
import { bodySignature, newWebhookSecret, webhookSignature } from "../shared/secrets/signatures.ts";
import { newSigningKey, toPublicKey } from "../shared/secrets/signing-key.ts";
import { isBodySigned, type RefusalReason, verifyWebhook } from "./verify-webhook.ts";
import type { WebhookPayload } from "./webhook-payload.ts";

const NOW_MS = 1_795_360_645_000;
const secret = newWebhookSecret();
const BODY = JSON.stringify({
  timestamp: 1_795_360_645,
  sha1: "5",
  imap_provider_code: "PLAIN",
  user_tag: "Zoë",
  signature: "6",
});

/**
 * Signs with a third-party library. If the test used our own signing code, it would not notice an
 * error that our signing and our verification have in common.
 */
function signed(body = BODY, { atMs = NOW_MS, key = secret } = {}) {
  const signature = new Standard(key).sign("evt_1", new Date(atMs), body);
  const timestamp = String(Math.floor(atMs / 1_000));
  return {
    body,
    headers: {
      "webhook-id": "evt_1",
      "webhook-timestamp": timestamp,
      "webhook-signature": signature,
    },
  };
}

const verify = (request: Parameters<typeof verifyWebhook>[0], secrets = [secret]) =>
  verifyWebhook(request, { secrets, nowMs: NOW_MS });

test("a signed webhook is read, from plain headers and from Headers", async () => {
  const { body, headers } = signed();
  const expected = { id: "evt_1", payload: { kind: "user_disconnected", user_tag: "Zoë" } };
  expect(await verify({ body, headers })).toMatchObject(expected);
  expect(await verify({ body, headers: new Headers(headers) })).toMatchObject(expected);
});

test("while the secret is changed, either of two secrets and either of two signatures will do", async () => {
  const { body, headers } = signed();
  const other = signed(body, { key: newWebhookSecret() }).headers["webhook-signature"];
  const both = `${other} ${headers["webhook-signature"]}`;
  await expect(
    verify({ body, headers: { ...headers, "webhook-signature": both } }),
  ).resolves.toBeDefined();
  await expect(verify({ body, headers }, [newWebhookSecret(), secret])).resolves.toBeDefined();
});

const { headers } = signed();
const without = (name: string) => ({ ...headers, [name]: undefined });
const REFUSED: [what: string, request: Parameters<typeof verify>[0], reason: RefusalReason][] = [
  ["no id", { body: BODY, headers: without("webhook-id") }, "missing-header"],
  ["no time", { body: BODY, headers: without("webhook-timestamp") }, "missing-header"],
  ["no signature", { body: BODY, headers: without("webhook-signature") }, "missing-header"],
  [
    "an empty signature",
    { body: BODY, headers: { ...headers, "webhook-signature": "" } },
    "missing-header",
  ],
  [
    "an id that comes twice",
    { body: BODY, headers: { ...headers, "webhook-id": ["a", "b"] } },
    "missing-header",
  ],
  [
    "a time that is none",
    { body: BODY, headers: { ...headers, "webhook-timestamp": "soon" } },
    "not-now",
  ],
  ["an old time", signed(BODY, { atMs: NOW_MS - 301_000 }), "not-now"],
  ["a time to come", signed(BODY, { atMs: NOW_MS + 302_000 }), "not-now"],
  ["another secret", signed(BODY, { key: newWebhookSecret() }), "wrong-signature"],
  ["another body", { body: `${BODY} `, headers }, "wrong-signature"],
  ["another id", { body: BODY, headers: { ...headers, "webhook-id": "evt_2" } }, "wrong-signature"],
  [
    "another time",
    { body: BODY, headers: { ...headers, "webhook-timestamp": "1795360646" } },
    "wrong-signature",
  ],
  [
    "another version",
    {
      body: BODY,
      headers: {
        ...headers,
        "webhook-signature": headers["webhook-signature"].replace("v1,", "v2,"),
      },
    },
    "wrong-signature",
  ],
  ["a signed body that is no JSON", signed("hello"), "unreadable"],
  ["a signed body of other fields", signed('{"a":1}'), "unreadable"],
];

test.each(REFUSED)("a webhook with %s is refused", async (_what, request, reason) => {
  await expect(verify(request)).rejects.toMatchObject({ name: "WebhookRefused", reason });
});

test("without a secret nothing is accepted", async () => {
  await expect(verify(signed(), [])).rejects.toMatchObject({ reason: "wrong-signature" });
});

/**
 * Signs with node:crypto. If the test used our own signing code, it would not notice an error that
 * our signing and our verification have in common.
 */
function signedByKeyPair(body = BODY) {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const { headers } = signed(body);
  const content = `evt_1.${headers["webhook-timestamp"]}.${body}`;
  const signature = sign(null, Buffer.from(content), privateKey).toString("base64");
  const { x = "" } = publicKey.export({ format: "jwk" });
  return {
    publicKey: `whpk_${Buffer.from(x, "base64url").toString("base64")}`,
    request: { body, headers: { ...headers, "webhook-signature": `v1a,${signature}` } },
  };
}

test("a webhook is read by the public key, beside secrets and alone", async () => {
  const { publicKey, request } = signedByKeyPair();
  await expect(verify(request, [publicKey])).resolves.toMatchObject({ id: "evt_1" });
  await expect(verify(request, [secret, publicKey])).resolves.toBeDefined();
  await expect(verify(signed(), [secret, publicKey])).resolves.toBeDefined();
});

test("while the signing key is changed, either of two public keys will do", async () => {
  const keys = [await newSigningKey(), await newSigningKey()];
  const message = { id: "evt_1", timestampS: NOW_MS / 1_000, body: BODY };
  const header = await webhookSignature(message, [secret, ...keys]);
  const request = { body: BODY, headers: { ...headers, "webhook-signature": header } };
  for (const key of keys) await expect(verify(request, [toPublicKey(key)])).resolves.toBeDefined();
});

const V1A_HEADERS: [what: string, change: (header: string) => string][] = [
  ["of another version", (header) => header.replace("v1a,", "v1b,")],
  ["that says to be v1", (header) => header.replace("v1a,", "v1,")],
  ["of other bytes", (header) => header.replace(/.==$/, (end) => (end === "A==" ? "Q==" : "A=="))],
  ["that is cut off", (header) => header.slice(0, -4)],
  ["that is no base64", () => `v1a,${"?".repeat(88)}`],
  ["with bits that base64 has no use for", () => `v1a,${"A".repeat(85)}B==`],
  ["of no point of the curve", () => `v1a,${"/".repeat(85)}w==`],
];

test.each(V1A_HEADERS)("a v1a signature %s is refused", async (_what, change) => {
  const { publicKey, request } = signedByKeyPair();
  const header = change(request.headers["webhook-signature"]);
  const changed = { ...request, headers: { ...request.headers, "webhook-signature": header } };
  await expect(verify(changed, [publicKey])).rejects.toMatchObject({ reason: "wrong-signature" });
});

test("another's public key, and another body, are refused", async () => {
  const { request } = signedByKeyPair();
  const { publicKey: other } = signedByKeyPair();
  const wrong = { reason: "wrong-signature" };
  await expect(verify(request, [other])).rejects.toMatchObject(wrong);
  const { publicKey, request: same } = signedByKeyPair();
  const changed = { ...same, body: `${BODY} ` };
  await expect(verify(changed, [publicKey])).rejects.toMatchObject(wrong);
});

test.each(["", "secret", "whsk_abc"])(
  "the key %j is a mistake of ours, not of the sender",
  async (key) => {
    await expect(verify(signed(), [secret, key])).rejects.toThrow(TypeError);
  },
);

const common = {
  id: "evt_1",
  partner_id: "prt_1",
  user_id: "usr_1",
  user_tag: "a",
  imap_provider_code: "PLAIN",
  created_at_ms: NOW_MS,
  sha1: "5",
};
const EVENTS: Record<EventKind, MailEvent> = {
  new_mail: {
    ...common,
    kind: "new_mail",
    mailbox: "INBOX",
    uid_validity: 1,
    uid: 1,
    internal_date_ms: 0,
    size_bytes: 5,
    oversize: true,
    body_seq: null,
    body_key: null,
    envelope: null,
    envelope_seq: null,
    envelope_key: null,
  },
  user_connected: { ...common, kind: "user_connected", email: null },
  user_disconnected: { ...common, kind: "user_disconnected" },
  user_auth_failed: { ...common, kind: "user_auth_failed", reason: "wrong_password" },
};

test.each(Object.values(EVENTS))("the fleet's own $kind is known by its fields", async (event) => {
  const timestampS = NOW_MS / 1_000;
  const signature = await bodySignature("key", timestampS, event.sha1);
  const content = { raw: null, envelope: null };
  const options = {
    format: "superimap",
    maxAttachmentBytes: 0,
    parseMail: toParsedJson,
  } as const;
  const renderBody = await prepareBody(event, content, options);
  const { payload } = await verify(signed(renderBody({ timestampS, signature })));
  expect(payload.kind).toBe(event.kind);
  expect(await isBodySigned(payload, ["other", "key"])).toBe(true);
  expect(await isBodySigned(payload, ["other"])).toBe(false);
  expect(await isBodySigned({ ...payload, sha1: "6" }, ["key"])).toBe(false);
});

test("the kind determines which fields there are", () => {
  type Of<Kind> = Extract<WebhookPayload, { kind: Kind }>;
  expectTypeOf<WebhookPayload["kind"]>().toEqualTypeOf<EventKind | "test">();
  expectTypeOf<Of<"new_mail">>().toHaveProperty("sha1").toEqualTypeOf<string>();
  expectTypeOf<Of<"user_connected">>().toHaveProperty("email").toEqualTypeOf<string | null>();
});
