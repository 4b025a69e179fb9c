import type { generateSpecs } from "hono-openapi";

type Document = Awaited<ReturnType<typeof generateSpecs>>;
type Operation = NonNullable<Document["paths"][string]["get"]>;

/** The examples of a media type: one example, or several by their names. */
export type Shown = { example: unknown } | { examples: Record<string, { value: unknown }> };
/** The examples of an operation's JSON body and of its successful answer. */
interface Exchange {
  request?: Shown;
  response?: Shown;
}

const one = (example: unknown): Shown => ({ example });
export const named = (values: Readonly<Record<string, unknown>>): Shown => ({
  examples: Object.fromEntries(Object.entries(values).map(([name, value]) => [name, { value }])),
});

const EVENT_ID = "evt_9qTzf0H4lR6qYaclrLC5kFyaCqm";
const PURGE_ID = "prg_03523sFFBBidnLoBAnUxbP";
const KEY_ID = "key_03523sFFDAgKuY8l7oBovR";

const plain = { imap_provider_code: "PLAIN", users_count: 212 };
const gmail = {
  imap_provider_code: "GMAIL_OAUTH2",
  users_count: 17,
  oauth2_client_id: "1234567890.apps.googleusercontent.com",
};
const listedUser = {
  tag: "customer-17",
  email: "zoe@mail.example",
  state: "watching",
  archived: false,
  connected_at: "2026-11-22T15:01:02.000Z",
};
const user = {
  ...listedUser,
  state_reason: null,
  state_reason_text: null,
  archived_at: null,
  last_login_at: "2026-11-22T15:01:02.000Z",
  last_email_at: "2026-11-22T15:04:06.000Z",
  last_heard_at: "2026-11-22T15:09:30.000Z",
  created_at: "2026-11-22T15:00:00.000Z",
  login_username: "zoe",
  connect_url: "https://mail.example.com/users/connect/usr_03523sFFB2QFNnnw4Dc2Br",
  disconnect_url: "https://mail.example.com/users/disconnect/usr_03523sFFB2QFNnnw4Dc2Br",
};
const newUser = {
  ...user,
  state: "new",
  connected_at: null,
  last_login_at: null,
  last_email_at: null,
  last_heard_at: null,
};
const purge = {
  id: PURGE_ID,
  scope: "user",
  state: "running",
  total: 1,
  done: 0,
  created_at: "2026-11-22T15:30:00.000Z",
  finished_at: null,
};
const sweep = {
  id: "swp_03523sFFCcu23PKIbSstoO",
  state: "running",
  since: "2026-11-01T00:00:00.000Z",
  until: "2026-11-22T15:10:00.000Z",
  redeliver: false,
  found: 40,
  published: 31,
  skipped: 9,
  created_at: "2026-11-22T15:10:00.000Z",
  finished_at: null,
  error: null,
};
const letter = {
  id: EVENT_ID,
  kind: "new_mail",
  user_tag: "customer-17",
  imap_provider_code: "PLAIN",
  state: "waiting",
  attempts: 6,
  last_error: "The webhook answered 500",
  died_at: "2026-11-23T01:20:00.000Z",
  redeliver_requested_at: null,
  redelivered_at: null,
  redelivery_error: null,
  unreadable: false,
};
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

/** The examples by operationId. */
const EXAMPLES: Readonly<Record<string, Exchange>> = {
  listConnections: { response: one([plain, gmail]) },
  createConnection: {
    request: named({
      "Accounts with a password": { imap_provider_code: "PLAIN" },
      "Accounts with OAuth 2": {
        imap_provider_code: "GMAIL_OAUTH2",
        oauth2_client_id: gmail.oauth2_client_id,
        oauth2_client_secret: "the-client-secret",
      },
    }),
    response: one({ ...plain, users_count: 0 }),
  },
  getConnection: { response: one(gmail) },
  updateConnection: {
    request: one({ oauth2_client_secret: "the-new-client-secret" }),
    response: one(gmail),
  },
  deleteConnection: { response: one({ ...purge, scope: "connection", total: 212, done: 40 }) },
  listUsers: { response: one([listedUser]) },
  createUser: {
    request: named({
      "With its password": {
        tag: "customer-17",
        email: "zoe@mail.example",
        login_username: "zoe",
        login_password: "the-password",
      },
      "Connected by its owner, in a browser": { tag: "customer-17" },
      "With a refresh token": {
        tag: "customer-17",
        email: "zoe@mail.example",
        oauth2_refresh_token: "the-refresh-token",
      },
    }),
    response: one(newUser),
  },
  getUser: {
    response: named({
      Watching: user,
      "Its login failed": {
        ...user,
        state: "auth_failed",
        state_reason: "wrong_password",
        state_reason_text:
          "The mail server refused the login: check the username and the password. Many providers want an app password here.",
      },
    }),
  },
  updateUser: {
    request: named({
      "Another password": { login_password: "the-new-password" },
      "Another tag": { tag: "customer-18" },
      Restore: { archived: false },
    }),
    response: one(user),
  },
  deleteUser: { response: one(purge) },
  getSweep: { response: one(sweep) },
  startSweep: {
    request: one({ since: "2026-11-01T00:00:00Z" }),
    response: one({ ...sweep, state: "waiting", found: 0, published: 0, skipped: 0 }),
  },
  getPurge: {
    response: one({
      ...purge,
      state: "finished",
      done: 1,
      finished_at: "2026-11-22T15:34:00.000Z",
    }),
  },
  listEvents: {
    response: one([
      {
        id: EVENT_ID,
        cursor: "NDgyMTMuZXZ0XzlxVHpmMEg0bFI2cVlhY2xyTEM1a0Z5YUNxbQ",
        kind: "new_mail",
        user_tag: "customer-17",
        imap_provider_code: "PLAIN",
        created_at: "2026-11-22T15:04:06.000Z",
        state: "delivered",
        reason: null,
        message_id: "<2@mail.example>",
        size_bytes: 231,
        internal_date: "2026-11-22T15:04:05.000Z",
      },
    ]),
  },
  listDeadLetters: { response: one([letter]) },
  countDeadLetters: { response: one({ waiting: 12, requested: 3, redelivered: 85 }) },
  redeliverDeadLetters: {
    request: named({
      "All of them": { all: true },
      "Those of an outage": {
        error: "500",
        died_after: "2026-11-22T00:00:00Z",
        died_before: "2026-11-24T00:00:00Z",
      },
    }),
    response: one({ requested: 12 }),
  },
  deleteDeadLetters: {
    request: one({ user_tag: "customer-17", state: "redelivered" }),
    response: one({ deleted: 85 }),
  },
  getDeadLetter: {
    response: one({
      ...letter,
      mail: {
        subject: "Lunch",
        from: "Zoë <zoe@mail.example>",
        to: "Bob <bob@app.example>",
        date: "2026-11-22T15:04:05.000Z",
        text: "At one?\n",
        attachments: [],
      },
      mail_missing: null,
    }),
  },
  redeliverDeadLetter: {
    response: one({
      ...letter,
      state: "requested",
      redeliver_requested_at: "2026-11-23T09:00:00.000Z",
    }),
  },
  listTracers: {
    response: one([
      {
        uid: "7f3c2a9e",
        user_tag: "customer-17",
        imap_provider_code: "PLAIN",
        event_id: EVENT_ID,
        state: "arrived",
        delivery_test: true,
        sent_at: "2026-11-22T15:00:00.000Z",
        seen_at: "2026-11-22T15:00:01.200Z",
        published_at: "2026-11-22T15:00:01.260Z",
        answered_at: "2026-11-22T15:00:01.410Z",
        seen_after_ms: 1200,
        published_after_ms: 1260,
        answered_after_ms: 1410,
        latency_ms: 1410,
        send_error: null,
      },
    ]),
  },
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

/** The examples of the path parameter `id`, by the path segment before it. */
const IDS: Readonly<Record<string, string>> = {
  purges: PURGE_ID,
  "dead-letters": EVENT_ID,
  "api-keys": KEY_ID,
};
const PARAMETERS: Readonly<Record<string, string>> = { code: "PLAIN", tag: "customer-17" };

const METHODS = ["get", "post", "put", "delete"] as const;

/**
 * Adds the examples to every operation. The linter in lint.test.ts checks them against the schemas.
 */
export function addExamples(document: Document): Document {
  const paths = Object.entries(document.paths).map(([path, item]) => {
    const operations = METHODS.flatMap((method) => {
      const operation = item[method];
      return operation ? [[method, withExamples(operation, path)] as const] : [];
    });
    return [path, { ...item, ...Object.fromEntries(operations) }] as const;
  });
  return { ...document, paths: Object.fromEntries(paths) };
}

function withExamples(operation: Operation, path: string): Operation {
  const { parameters = [], requestBody, responses, operationId = "" } = operation;
  const { request, response } = EXAMPLES[operationId] ?? {};
  return {
    ...operation,
    parameters: parameters.map((parameter) =>
      "in" in parameter && parameter.in === "path"
        ? { ...parameter, ...parameterExample(parameter.name, path) }
        : parameter,
    ),
    ...(requestBody && { requestBody: withJsonExample(requestBody, request) }),
    responses: Object.fromEntries(
      Object.entries(responses).map(([status, answer]) => [
        status,
        status.startsWith("2") ? withJsonExample(answer, response) : answer,
      ]),
    ),
  };
}

function parameterExample(name: string, path: string): object {
  const [, collection = ""] = /([\w-]{1,50})\/\{id\}/.exec(path) ?? [];
  const example = PARAMETERS[name] ?? IDS[collection];
  return example === undefined ? {} : { example };
}

function withJsonExample<T extends object>(described: T, shown: Shown | undefined): T {
  if (shown === undefined || !("content" in described)) return described;
  const content = described.content;
  if (typeof content !== "object" || content === null) return described;
  if (!("application/json" in content)) return described;
  const media = content["application/json"];
  if (typeof media !== "object") return described;
  return {
    ...described,
    content: { ...content, "application/json": { ...media, ...shown } },
  };
}
