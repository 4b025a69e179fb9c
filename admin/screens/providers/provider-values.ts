import type { Provider } from "./provider-answer.ts";

/** What the form of a provider shows at first. */
export type ProviderValues = Omit<
  Provider,
  "id" | "code" | "kind" | "enabled" | "disabled_reason" | "connections_count" | "created_at"
>;

/** Of a provider of which nothing is known. */
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
