import { chooseOption } from "../../parts/lists/choose-option.ts";
import type { Fields } from "../../parts/forms/fields.ts";
import { splitParameters } from "./parameters.ts";
import type { ShownProvider } from "./provider-answer.ts";
import { MECHANISMS, SECURITIES } from "./provider-options.ts";

/**
 * Converts the form fields of a provider to the JSON for the API. The JSON contains only the fields
 * of this kind of provider.
 */
export function providerJson(kind: ShownProvider["kind"], fields: Fields) {
  const text = (name: string) => fields[name] ?? "";
  const whole = (name: string) => Number(text(name));
  const maybeWhole = (name: string) => (text(name) === "" ? null : whole(name));
  const common = {
    title: text("title"),
    imap_host: text("imap_host"),
    imap_port: whole("imap_port"),
    imap_security: chooseOption(SECURITIES, fields["imap_security"]),
    idle_minutes: whole("idle_minutes"),
    login_rate: maybeWhole("login_rate"),
    smtp_host: text("smtp_host"),
    smtp_port: maybeWhole("smtp_port"),
    smtp_starttls: fields["smtp_starttls"] === "true",
  };
  const oauth = {
    oauth_authorize_url: text("oauth_authorize_url"),
    oauth_token_url: text("oauth_token_url"),
    oauth_scopes: text("oauth_scopes"),
  };
  switch (kind) {
    case "plain":
      return {
        ...common,
        own_host: fields["own_host"] === "true",
        login_help: text("login_help"),
        login_help_url: text("login_help_url"),
      };
    case "oauth1":
      return {
        ...common,
        ...oauth,
        oauth_request_token_url: text("oauth_request_token_url"),
      };
    case "oauth2":
      return {
        ...common,
        ...oauth,
        sasl_mechanism: chooseOption(MECHANISMS, fields["sasl_mechanism"]),
        oauth_revoke_url: text("oauth_revoke_url"),
        oauth_mail_scope: text("oauth_mail_scope"),
        oauth_issuer: text("oauth_issuer"),
        oauth_jwks_url: text("oauth_jwks_url"),
        oauth_userinfo_url: text("oauth_userinfo_url"),
        oauth_authorize_params: splitParameters(text("oauth_authorize_params")),
        oauth_idle_days: maybeWhole("oauth_idle_days"),
      };
  }
}
