import * as v from "valibot";
import { expect, test } from "vitest";
import { changedPartner, type PartnerFields } from "./partner-fields.ts";
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

test.each<[what: string, PartnerFields, Partial<ReturnType<typeof mergeSettings>>]>([
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
  [
    "has another logo",
    { logo: { type: "image/png", base64: "x", digest: "d" } },
    { logoDigest: "d", logoType: "image/png", logoBase64: "x" },
  ],
  ["has another accent color", { accent_color: "#1d4ed8" }, { accentColor: "#1d4ed8" }],
  ["has no consent page", { consent_page: false }, { consentPage: false }],
  ["offers other providers", { provider_choice: true }, { providerChoice: true }],
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

test.each([
  ["#1D4ED8", { output: { accent_color: "#1D4ED8" } }],
  ["", { output: { accent_color: null } }],
  ["#ffcc00", { issues: [{ message: expect.stringContaining("this color has 1.5:1") }] }],
  ["#777777", { issues: [{ message: expect.stringContaining("this color has 4.4:1") }] }],
  ["blue", { issues: [{ message: "must be a color such as #1d4ed8" }] }],
])("the accent color %j must be readable", (accent_color, expected) => {
  expect(v.safeParse(changedPartner, { accent_color })).toMatchObject(expected);
});

test("a logo that is set again changes nothing", () => {
  const logo = { type: "image/png", base64: "x", digest: "d" } as const;
  const stored = { ...current, logoDigest: "d" };
  expect(mergeSettings(stored, { logo })).toEqual(stored);
  expect(mergeSettings(stored, { logo: null })).toMatchObject({
    logoDigest: null,
    logoBase64: null,
  });
});
