import type { ShownProvider } from "./provider-answer.ts";

/** The initial values of a provider's form. */
export type ProviderValues = Omit<
  ShownProvider,
  "id" | "code" | "kind" | "enabled" | "disabled_reason" | "connections_count" | "created_at"
>;

/** The values for an empty form. */
export const NO_VALUES: ProviderValues = {
  title: "",
  imap_host: "",
  imap_port: 993,
  imap_security: "tls",
  smtp_host: null,
  smtp_port: null,
  smtp_starttls: true,
  idle_minutes: 9,
  login_rate: null,
  own_host: false,
  login_help: null,
  login_help_url: null,
  sasl_mechanism: null,
  oauth_authorize_url: null,
  oauth_token_url: null,
  oauth_revoke_url: null,
  oauth_request_token_url: null,
  oauth_scopes: null,
  oauth_mail_scope: null,
  oauth_issuer: null,
  oauth_jwks_url: null,
  oauth_userinfo_url: null,
  oauth_authorize_params: {},
  oauth_idle_days: null,
};
