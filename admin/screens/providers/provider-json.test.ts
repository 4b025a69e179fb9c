import { expect, test } from "vitest";
import { providerJson } from "./provider-json.ts";

const COMMON = {
  title: "Mail",
  imap_host: "imap.x.test",
  imap_port: "143",
  imap_security: "starttls",
  idle_minutes: "9",
  login_rate: "",
  smtp_host: "",
  smtp_port: "587",
  smtp_starttls: "true",
};
const PARSED = {
  ...COMMON,
  imap_port: 143,
  idle_minutes: 9,
  login_rate: null,
  smtp_port: 587,
  smtp_starttls: true,
};

test("a plain provider is sent with the fields of plain providers", () => {
  const form = { ...COMMON, own_host: "true", login_help: "Hm", oauth_token_url: "x" };
  expect(providerJson("plain", form)).toEqual({
    ...PARSED,
    own_host: true,
    login_help: "Hm",
    login_help_url: "",
  });
});

test("an OAuth 2 provider is sent with its endpoints, parameters and mechanism", () => {
  const form = {
    ...COMMON,
    sasl_mechanism: "OAUTHBEARER",
    oauth_token_url: "https://x.test/token",
    oauth_authorize_params: "prompt=consent",
    oauth_idle_days: "90",
  };
  expect(providerJson("oauth2", form)).toMatchObject({
    sasl_mechanism: "OAUTHBEARER",
    oauth_token_url: "https://x.test/token",
    oauth_revoke_url: "",
    oauth_authorize_params: { prompt: "consent" },
    oauth_idle_days: 90,
  });
});

test("an OAuth 1.0a provider is sent without the fields of OAuth 2", () => {
  const json = providerJson("oauth1", { ...COMMON, oauth_request_token_url: "https://x.test/r" });
  expect(json).toMatchObject({ oauth_request_token_url: "https://x.test/r" });
  expect(Object.keys(json)).not.toContain("oauth_issuer");
});
