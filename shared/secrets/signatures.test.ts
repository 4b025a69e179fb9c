import { createHmac } from "node:crypto";
import { Webhook } from "standardwebhooks";
import { expect, test } from "vitest";
import { bodySignature, newWebhookSecret, webhookSignature } from "./signatures.ts";
import { newSigningKey } from "./signing-key.ts";

test("bodySignature() equals the signature that SuperIMAP's clients compute", async () => {
  const expected = createHmac("sha256", "key").update("1700000000abc").digest("hex");
  expect(await bodySignature("key", 1_700_000_000, "abc")).toBe(expected);
});

test("webhookSignature() verifies with the Standard Webhooks library, under the old and the new secret", async () => {
  const secrets = [newWebhookSecret(), newWebhookSecret()];
  const message = { id: "evt_1", timestampS: Math.floor(Date.now() / 1_000), body: '{"a":"ü"}' };
  const headers = {
    "webhook-id": message.id,
    "webhook-timestamp": String(message.timestampS),
    "webhook-signature": await webhookSignature(message, secrets),
  };
  for (const secret of secrets)
    expect(new Webhook(secret).verify(message.body, headers)).toEqual({ a: "ü" });
  expect(() => new Webhook(newWebhookSecret()).verify(message.body, headers)).toThrow(
    "No matching signature",
  );
});

test("webhookSignature() names the version of each signature, in the order of the keys", async () => {
  const keys = [newWebhookSecret(), await newSigningKey(), newWebhookSecret()];
  const message = { id: "evt_1", timestampS: 1_700_000_000, body: "{}" };
  const header = await webhookSignature(message, keys);
  expect(header).toMatch(/^v1,[\w+/=]{44} v1a,[\w+/=]{88} v1,[\w+/=]{44}$/);
});

test("a verifier that only knows v1 ignores other versions", async () => {
  const secret = newWebhookSecret();
  const message = { id: "evt_1", timestampS: Math.floor(Date.now() / 1_000), body: "{}" };
  const signatures = await webhookSignature(message, [await newSigningKey(), secret]);
  const headers = {
    "webhook-id": message.id,
    "webhook-timestamp": String(message.timestampS),
    "webhook-signature": `v9,abc ${signatures}`,
  };
  expect(new Webhook(secret).verify(message.body, headers)).toEqual({});
});
