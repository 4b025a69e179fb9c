import { expect, test } from "vitest";
import { judgePartner } from "./judge-partner.ts";
import type { PartnerRow } from "../source-rows.ts";

const ROW: PartnerRow = {
  id: 7,
  api_key: "0123456789abcdef0123",
  name: "Acme",
  new_mail_webhook: "https://acme.example/mail",
  user_connected_webhook: "",
  user_disconnected_webhook: null,
  success_url: "http://acme.example/done",
  failure_url: null,
  created_at: null,
};
const RULES = {
  webhookUrls: { ports: [80, 443], allowsHttp: false, allowsPrivateHosts: false },
  allowsPlainHttp: false,
};
const PLAIN = { new_mail_webhook: "http://acme.example/mail" };

test("a partner is imported with its addresses; a blank address counts as absent", () => {
  expect(judgePartner(ROW, RULES)).toEqual({
    kind: "take",
    taken: {
      apiKey: ROW.api_key,
      faults: [],
      partner: {
        name: "Acme",
        newMailWebhook: "https://acme.example/mail",
        userConnectedWebhook: null,
        userDisconnectedWebhook: null,
        successUrl: "http://acme.example/done",
        failureUrl: null,
        allowPlainHttp: false,
      },
    },
  });
});

test.each([
  [{ api_key: " " }, "it has no API key"],
  [{ name: null }, "it has no name"],
  [PLAIN, "its new_mail_webhook must be an address that begins with https://"],
  [{ new_mail_webhook: "https://10.0.0.1/mail" }, "its new_mail_webhook must have a public host"],
] satisfies [Partial<PartnerRow>, string][])("with %j it is left out", (change, why) => {
  expect(judgePartner({ ...ROW, ...change }, RULES)).toEqual({ kind: "leave", why });
});

test.each([
  [{ user_connected_webhook: "http://a.example/" }, "userConnectedWebhook", "begins with https://"],
  [{ success_url: "javascript:alert(1)" }, "successUrl", "begins with https:// or http://"],
] as const)("with %j it is imported without that part, with a note", (change, field, words) => {
  const verdict = judgePartner({ ...ROW, ...change }, RULES);
  expect(verdict).toMatchObject({ kind: "take", taken: { partner: { [field]: null } } });
  expect(verdict.kind === "take" && verdict.taken.faults.join()).toContain(words);
});

test("if requested, only a partner with plain HTTP is marked for it", () => {
  const rules = { ...RULES, allowsPlainHttp: true };
  const marked = { partner: { newMailWebhook: PLAIN.new_mail_webhook, allowPlainHttp: true } };
  expect(judgePartner({ ...ROW, ...PLAIN }, rules)).toMatchObject({ kind: "take", taken: marked });
  expect(judgePartner(ROW, rules)).toMatchObject({ taken: { partner: { allowPlainHttp: false } } });
});
