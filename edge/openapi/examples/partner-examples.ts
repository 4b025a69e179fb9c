import { named, one, type OperationExamples } from "./shown.ts";

export const KEY_ID = "key_03523sFFDAgKuY8l7oBovR";

const key = {
  id: KEY_ID,
  prefix: "sk_21ipbY8",
  signing: false,
  created_at: "2026-11-22T15:00:00.000Z",
  last_used_at: "2026-11-22T15:09:00.000Z",
  revoked_at: null,
};
const secret = {
  prefix: "whsec_MfKQ",
  previous: { prefix: "whsec_C2FV", until: "2026-11-23T15:00:00.000Z" },
};
const signingKey = {
  public_key: "whpk_NpkrPCRpSRM3J9p7p3zpdUlKwYv2m1bMqBhWHxSkPZM=",
  previous: null,
};
const webhooks = {
  new_mail_webhook: "https://app.example/webhooks/new-mail",
  user_connected_webhook: "https://app.example/webhooks/connected",
  user_disconnected_webhook: "https://app.example/webhooks/disconnected",
  user_auth_failed_webhook: null,
  payload_format: "parsed",
  ordered: false,
  paused_at: null,
  paused_by: null,
  lane: {
    state: "running",
    description: "Events are delivered as they come.",
    open_until: null,
    in_flight: 2,
    pending: 0,
    retrying: 1,
    oldest_at: "2026-11-22T15:04:06.000Z",
    reported_at: "2026-11-22T15:09:30.000Z",
  },
};
const pausedWebhooks = {
  ...webhooks,
  paused_at: "2026-11-22T15:09:40.000Z",
  paused_by: "partner",
  lane: {
    ...webhooks.lane,
    state: "paused",
    description: "You paused it. Resume it to have events delivered.",
    in_flight: 0,
  },
};

/** The examples of API keys and webhooks, by operationId. */
export const PARTNER_EXAMPLES: Readonly<Record<string, OperationExamples>> = {
  listApiKeys: { response: one([key]) },
  createApiKey: {
    request: one({}),
    response: one({ ...key, last_used_at: null, key: `${key.prefix}Yr3CExffMYP3xHTSvT5L3gYZiw` }),
  },
  updateApiKey: { request: one({ signing: true }), response: one({ ...key, signing: true }) },
  getWebhookSecret: { response: one({ ...secret, previous: null }) },
  rotateWebhookSecret: {
    request: one({ grace_hours: 24 }),
    response: one({ ...secret, secret: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw" }),
  },
  getSigningKey: { response: one(signingKey) },
  rotateSigningKey: { request: one({ grace_hours: 24 }), response: one(signingKey) },
  getWebhookDeliveries: { response: one(webhooks) },
  pauseWebhooks: { request: one({}), response: one(pausedWebhooks) },
  resumeWebhooks: { request: one({}), response: one(webhooks) },
  sendTestWebhook: {
    response: named({
      Answered: { result: "response", status: 200, answer: "OK", duration_ms: 84 },
      Failed: { result: "failed", error: "The connection was refused", duration_ms: 12 },
      "No webhook for new mail": { result: "no_webhook" },
    }),
  },
};
