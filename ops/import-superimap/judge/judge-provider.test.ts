import { expect, test } from "vitest";
import type { Provider } from "../../../db/partners/providers.ts";
import { judgeProvider } from "./judge-provider.ts";
import type { ProviderRow } from "../source-rows.ts";

const PLAIN: ProviderRow = {
  id: 1,
  type: "Plain::ImapProvider",
  code: "EXAMPLE",
  title: "Example",
  imap_host: "imap.example.com",
  imap_port: 993,
  imap_use_ssl: true,
  smtp_host: "smtp.example.com",
  smtp_port: 587,
  smtp_enable_starttls_auto: true,
  oauth2_site: null,
  oauth2_authorize_url: null,
  oauth2_token_url: null,
  oauth2_scope: null,
  oauth2_access_type: null,
  oauth2_approval_prompt: null,
};
const OAUTH: ProviderRow = {
  ...PLAIN,
  type: "Oauth2::ImapProvider",
  oauth2_site: "https://accounts.example.com",
  oauth2_authorize_url: "/o/oauth2/auth",
  oauth2_token_url: "/o/oauth2/token",
  oauth2_scope: "mail",
  oauth2_access_type: "offline",
  oauth2_approval_prompt: "force",
};

const ours = (change: Partial<Provider>): Provider => ({
  id: "prv_1",
  code: "EXAMPLE",
  title: "Example",
  kind: "plain",
  enabled: true,
  imapHost: "imap.example.com",
  imapPort: 993,
  imapSecurity: "tls",
  smtpHost: null,
  smtpPort: null,
  smtpStarttls: true,
  oauthAuthorizeUrl: null,
  oauthTokenUrl: null,
  oauthRevokeUrl: null,
  oauthScopes: null,
  saslMechanism: null,
  idleMinutes: 9,
  loginRate: null,
  createdAt: new Date(0),
  oauthIssuer: null,
  oauthJwksUrl: null,
  oauthUserinfoUrl: null,
  oauthRequestTokenUrl: null,
  oauthAuthorizeParams: {},
  oauthMailScope: null,
  oauthIdleDays: null,
  loginHelp: null,
  loginHelpUrl: null,
  ownHost: false,
  disabledReason: null,
  ...change,
});

test("a provider with the same code and host matches, whatever its security here", () => {
  const verdict = judgeProvider(
    { ...PLAIN, imap_use_ssl: false, imap_host: "IMAP.example.com" },
    ours({ imapSecurity: "starttls" }),
  );
  expect(verdict).toEqual({ kind: "take", taken: { kind: "known", id: "prv_1" } });
});

test("a missing provider is created", () => {
  expect(judgeProvider(PLAIN, undefined)).toMatchObject({
    taken: { kind: "new", provider: { code: "EXAMPLE", kind: "plain", imapSecurity: "tls" } },
  });
  expect(judgeProvider(OAUTH, undefined)).toMatchObject({
    taken: {
      kind: "new",
      provider: {
        kind: "oauth2",
        saslMechanism: "XOAUTH2",
        oauthAuthorizeUrl: "https://accounts.example.com/o/oauth2/auth",
        oauthTokenUrl: "https://accounts.example.com/o/oauth2/token",
        oauthScopes: "mail",
        oauthAuthorizeParams: { access_type: "offline", approval_prompt: "force" },
      },
    },
  });
});

test.each([
  [{ ...PLAIN, type: "Oauth1::ImapProvider" }, undefined, "neither plain nor OAuth 2"],
  [{ ...PLAIN, code: null }, undefined, "no code, host or port"],
  [{ ...PLAIN, imap_use_ssl: false }, undefined, "it has no TLS"],
  [{ ...OAUTH, oauth2_site: "http://accounts.example.com" }, undefined, "begin with https://"],
  [{ ...OAUTH, oauth2_token_url: null }, undefined, "begin with https://"],
  [PLAIN, ours({ imapPort: 143 }), "here is imap.example.com:143, and SuperIMAP's"],
  [OAUTH, ours({}), "there is a provider EXAMPLE of the kind plain"],
] satisfies [ProviderRow, Provider | undefined, string][])(
  "%j beside ours, %j, is left out",
  (row, known, why) => {
    expect(judgeProvider(row, known)).toEqual({
      kind: "leave",
      why: expect.stringContaining(why),
    });
  },
);
