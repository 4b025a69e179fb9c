import { expect, test } from "vitest";
import type { ProviderKind } from "../../../db/partners/providers.ts";
import { providerFaults } from "./provider-faults.ts";
import { chooseDefaults, type ProviderSettings } from "./provider-settings.ts";

const HOST = { title: "T", imapHost: "imap.x.test", imapPort: 993, imapSecurity: "tls" } as const;
const plain: ProviderSettings = { ...chooseDefaults("plain"), ...HOST };
const oauth2: ProviderSettings = {
  ...chooseDefaults("oauth2"),
  ...HOST,
  oauthAuthorizeUrl: "https://x.test/authorize",
  oauthTokenUrl: "https://x.test/token",
  oauthScopes: "mail",
  oauthUserinfoUrl: "https://x.test/userinfo",
};
const oauth1: ProviderSettings = {
  ...chooseDefaults("oauth1"),
  ...HOST,
  oauthAuthorizeUrl: "https://x.test/authorize",
  oauthTokenUrl: "https://x.test/token",
  oauthRequestTokenUrl: "https://x.test/request",
};
const WHOLE = { plain, oauth2, oauth1 };

test.each(["plain", "oauth2", "oauth1"] as const)(
  "a whole provider of the kind %s passes",
  (kind) => expect(providerFaults(kind, WHOLE[kind])).toEqual([]),
);

const issuer = { oauthIssuer: "https://x.test", oauthJwksUrl: "https://x.test/keys" };

test.each<[ProviderKind, string, Partial<ProviderSettings>]>([
  ["plain", "help about passwords, and own hosts", { loginHelp: "Hm", ownHost: true }],
  ["oauth2", "an issuer in place of userinfo", { ...issuer, oauthUserinfoUrl: null }],
  ["oauth2", "OAUTHBEARER", { saslMechanism: "OAUTHBEARER" }],
  ["oauth2", "parameters", { oauthAuthorizeParams: { prompt: "consent" } }],
])("one of the kind %s may have %s", (kind, _what, more) => {
  expect(providerFaults(kind, { ...WHOLE[kind], ...more })).toEqual([]);
});

test.each<[ProviderKind, string, Partial<ProviderSettings>]>([
  ["plain", "/oauth_token_url", { oauthTokenUrl: "https://x.test" }],
  ["plain", "/oauth_authorize_params", { oauthAuthorizeParams: { a: "b" } }],
  ["plain", "/sasl_mechanism", { saslMechanism: "XOAUTH2" }],
  ["oauth2", "/oauth_token_url", { oauthTokenUrl: null }],
  ["oauth2", "/oauth_scopes", { oauthScopes: null }],
  ["oauth2", "/sasl_mechanism", { saslMechanism: null }],
  ["oauth2", "/sasl_mechanism", { saslMechanism: "XOAUTH" }],
  ["oauth2", "/own_host", { ownHost: true }],
  ["oauth2", "/oauth_userinfo_url", { oauthUserinfoUrl: null }],
  ["oauth2", "/oauth_jwks_url", { oauthIssuer: "https://x.test" }],
  ["oauth2", "/oauth_issuer", { oauthJwksUrl: "https://x.test" }],
  ["oauth1", "/oauth_request_token_url", { oauthRequestTokenUrl: null }],
  ["oauth1", "/oauth_idle_days", { oauthIdleDays: 90 }],
  ["oauth1", "/sasl_mechanism", { saslMechanism: "XOAUTH2" }],
  ["oauth1", "/login_help", { loginHelp: "Hm" }],
])("one of the kind %s is refused for its field %s", (kind, pointer, more) => {
  const faults = providerFaults(kind, { ...WHOLE[kind], ...more });
  expect(faults.map((fault) => fault.pointer)).toEqual([pointer]);
});
