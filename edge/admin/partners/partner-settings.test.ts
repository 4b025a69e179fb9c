import { expect, test } from "vitest";
import type { PartnerFields } from "./partner-fields.ts";
import {
  type EditedPartner,
  hasSameSettings,
  mergeSettings,
  NO_SETTINGS,
  webhookFaults,
} from "./partner-settings.ts";

const WEBHOOK = "https://user:hunter2@hooks.test/new";
const MASKED = "https://user:***@hooks.test/new";
const current: EditedPartner = {
  ...NO_SETTINGS,
  name: "Ada",
  newMailWebhook: WEBHOOK,
  successUrl: "https://a.test",
};

test.each<[what: string, PartnerFields, Partial<EditedPartner>]>([
  ["stays as it is without fields", {}, {}],
  ["has another name", { name: "Bob" }, { name: "Bob" }],
  ["gives an address up", { success_url: null }, { successUrl: null }],
  ["keeps a webhook that came back masked", { new_mail_webhook: MASKED }, {}],
  [
    "takes another webhook",
    { new_mail_webhook: "https://b.test" },
    { newMailWebhook: "https://b.test" },
  ],
  ["gives a webhook up", { new_mail_webhook: null }, { newMailWebhook: null }],
  ["keeps none where none is", { user_connected_webhook: null }, {}],
  ["has its events in order", { ordered: true }, { ordered: true }],
  ["is marked for plain HTTP", { allow_plain_http: true }, { allowPlainHttp: true }],
])("a partner %s", (_what, fields, expected) => {
  const merged = mergeSettings(current, fields);
  expect(merged).toEqual({ ...current, ...expected });
  expect(hasSameSettings(current, merged)).toBe(Object.keys(expected).length === 0);
});

const rules = { ports: [443], allowsHttp: false, allowsPrivateHosts: false };

test("plain HTTP is allowed for a marked partner, until the mark is removed", () => {
  const http = { ...current, newMailWebhook: "http://b.test:443/" };
  const marked = { ...http, allowPlainHttp: true };
  const fault = { pointer: "/new_mail_webhook", detail: expect.stringContaining("https://") };
  expect(webhookFaults(current, http, rules)).toEqual([fault]);
  expect(webhookFaults(current, marked, rules)).toEqual([]);
  expect(webhookFaults(marked, http, rules)).toEqual([fault]);
  expect(webhookFaults(marked, current, rules)).toEqual([]);
});

test("only webhooks that are new are judged, and each at its field", () => {
  const old = { ...current, userConnectedWebhook: "http://10.0.0.1:25" };
  const next = {
    ...old,
    newMailWebhook: "http://b.test",
    userDisconnectedWebhook: "https://b.test",
    userAuthFailedWebhook: "https://localhost",
  };
  expect(webhookFaults(old, next, rules).map(({ pointer }) => pointer)).toEqual([
    "/new_mail_webhook",
    "/user_auth_failed_webhook",
  ]);
});
