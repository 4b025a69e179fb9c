import type { Provider, ProviderKind } from "../../../db/partners/providers.ts";
import type { AuditedFields } from "../changed-fields.ts";
import type { ChangedProviderFields } from "./provider-fields.ts";

/** The settings that an admin may change. */
export type ProviderSettings = Omit<Provider, "id" | "code" | "kind" | "createdAt">;

/** Returns the default settings of a new provider of this kind. */
export const chooseDefaults = (
  kind: ProviderKind,
): Omit<ProviderSettings, "title" | "imapHost" | "imapPort" | "imapSecurity"> => ({
  enabled: true,
  disabledReason: null,
  smtpHost: null,
  smtpPort: null,
  smtpStarttls: true,
  // RFC 2177 advises clients to renew IDLE at least every 29 minutes. Many firewalls drop idle
  // connections after 10 minutes.
  idleMinutes: 9,
  loginRate: null,
  ownHost: false,
  loginHelp: null,
  loginHelpUrl: null,
  saslMechanism: MECHANISMS[kind],
  oauthAuthorizeUrl: null,
  oauthTokenUrl: null,
  oauthRevokeUrl: null,
  oauthRequestTokenUrl: null,
  oauthScopes: null,
  oauthMailScope: null,
  oauthIssuer: null,
  oauthJwksUrl: null,
  oauthUserinfoUrl: null,
  oauthAuthorizeParams: {},
  oauthIdleDays: null,
});

const MECHANISMS = { plain: null, oauth2: "XOAUTH2", oauth1: "XOAUTH" } as const;

/**
 * Returns the settings with these fields changed. A field that is undefined keeps its current
 * value.
 */
export const mergeProvider = (
  current: ProviderSettings,
  fields: ChangedProviderFields,
): ProviderSettings => ({
  title: fields.title ?? current.title,
  enabled: fields.enabled ?? current.enabled,
  disabledReason: given(fields.disabled_reason, current.disabledReason),
  imapHost: fields.imap_host ?? current.imapHost,
  imapPort: fields.imap_port ?? current.imapPort,
  imapSecurity: fields.imap_security ?? current.imapSecurity,
  smtpHost: given(fields.smtp_host, current.smtpHost),
  smtpPort: given(fields.smtp_port, current.smtpPort),
  smtpStarttls: fields.smtp_starttls ?? current.smtpStarttls,
  idleMinutes: fields.idle_minutes ?? current.idleMinutes,
  loginRate: given(fields.login_rate, current.loginRate),
  ownHost: fields.own_host ?? current.ownHost,
  loginHelp: given(fields.login_help, current.loginHelp),
  loginHelpUrl: given(fields.login_help_url, current.loginHelpUrl),
  saslMechanism: given(fields.sasl_mechanism, current.saslMechanism),
  oauthAuthorizeUrl: given(fields.oauth_authorize_url, current.oauthAuthorizeUrl),
  oauthTokenUrl: given(fields.oauth_token_url, current.oauthTokenUrl),
  oauthRevokeUrl: given(fields.oauth_revoke_url, current.oauthRevokeUrl),
  oauthRequestTokenUrl: given(fields.oauth_request_token_url, current.oauthRequestTokenUrl),
  oauthScopes: given(fields.oauth_scopes, current.oauthScopes),
  oauthMailScope: given(fields.oauth_mail_scope, current.oauthMailScope),
  oauthIssuer: given(fields.oauth_issuer, current.oauthIssuer),
  oauthJwksUrl: given(fields.oauth_jwks_url, current.oauthJwksUrl),
  oauthUserinfoUrl: given(fields.oauth_userinfo_url, current.oauthUserinfoUrl),
  oauthAuthorizeParams: fields.oauth_authorize_params ?? current.oauthAuthorizeParams,
  oauthIdleDays: given(fields.oauth_idle_days, current.oauthIdleDays),
});

const given = <T>(wanted: T | null | undefined, known: T | null) =>
  wanted === undefined ? known : wanted;

/** Returns the settings under the field names of the API. */
export const showProviderSettings = (settings: ProviderSettings) => ({
  title: settings.title,
  enabled: settings.enabled,
  disabled_reason: settings.disabledReason,
  imap_host: settings.imapHost,
  imap_port: settings.imapPort,
  imap_security: settings.imapSecurity,
  smtp_host: settings.smtpHost,
  smtp_port: settings.smtpPort,
  smtp_starttls: settings.smtpStarttls,
  idle_minutes: settings.idleMinutes,
  login_rate: settings.loginRate,
  own_host: settings.ownHost,
  login_help: settings.loginHelp,
  login_help_url: settings.loginHelpUrl,
  sasl_mechanism: settings.saslMechanism,
  oauth_authorize_url: settings.oauthAuthorizeUrl,
  oauth_token_url: settings.oauthTokenUrl,
  oauth_revoke_url: settings.oauthRevokeUrl,
  oauth_request_token_url: settings.oauthRequestTokenUrl,
  oauth_scopes: settings.oauthScopes,
  oauth_mail_scope: settings.oauthMailScope,
  oauth_issuer: settings.oauthIssuer,
  oauth_jwks_url: settings.oauthJwksUrl,
  oauth_userinfo_url: settings.oauthUserinfoUrl,
  oauth_authorize_params: settings.oauthAuthorizeParams,
  oauth_idle_days: settings.oauthIdleDays,
});
export type ShownProviderSettings = ReturnType<typeof showProviderSettings>;

export function auditedProvider(settings: ProviderSettings): AuditedFields {
  const { oauth_authorize_params, ...shown } = showProviderSettings(settings);
  return { ...shown, oauth_authorize_params: JSON.stringify(oauth_authorize_params) };
}
