import type { ShownProvider } from "./provider-answer.ts";
import { NO_VALUES, type ProviderValues } from "./provider-values.ts";

export interface Preset {
  /** The preset's name in the query of the address. */
  name: string;
  title: string;
  /** Which accounts the preset is for. */
  text: string;
  code: string;
  kind: ShownProvider["kind"];
  values: ProviderValues;
}

/** The presets for the form of a new provider. */
export const PRESETS: readonly Preset[] = [
  {
    name: "plain",
    title: "Login and password",
    text: "A mail server that takes a login and a password, or an app password.",
    code: "",
    kind: "plain",
    values: { ...NO_VALUES, smtp_port: 587 },
  },
  {
    name: "gmail",
    title: "Gmail",
    text: "Personal Google accounts and Google Workspace.",
    code: "GMAIL",
    kind: "oauth2",
    // Sources: developers.google.com/workspace/gmail/imap/imap-smtp and
    // accounts.google.com/.well-known/openid-configuration
    values: {
      ...NO_VALUES,
      title: "Gmail",
      imap_host: "imap.gmail.com",
      smtp_host: "smtp.gmail.com",
      smtp_port: 587,
      login_rate: 20,
      sasl_mechanism: "XOAUTH2",
      oauth_authorize_url: "https://accounts.google.com/o/oauth2/v2/auth",
      oauth_token_url: "https://oauth2.googleapis.com/token",
      oauth_revoke_url: "https://oauth2.googleapis.com/revoke",
      oauth_scopes: "openid email https://mail.google.com/",
      oauth_mail_scope: "https://mail.google.com/",
      oauth_issuer: "https://accounts.google.com",
      oauth_jwks_url: "https://www.googleapis.com/oauth2/v3/certs",
      oauth_userinfo_url: "https://openidconnect.googleapis.com/v1/userinfo",
      oauth_authorize_params: { access_type: "offline", prompt: "consent" },
      oauth_idle_days: 180,
    },
  },
  {
    name: "outlook",
    title: "Outlook",
    text: "Personal Microsoft accounts and Microsoft 365.",
    code: "OUTLOOK",
    kind: "oauth2",
    // Sources: login.microsoftonline.com/common/v2.0/.well-known/openid-configuration and
    // learn.microsoft.com/entra/identity-platform/refresh-tokens
    values: {
      ...NO_VALUES,
      title: "Outlook",
      imap_host: "outlook.office365.com",
      smtp_host: "smtp.office365.com",
      smtp_port: 587,
      login_rate: 20,
      sasl_mechanism: "XOAUTH2",
      oauth_authorize_url: "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
      oauth_token_url: "https://login.microsoftonline.com/common/oauth2/v2.0/token",
      oauth_scopes:
        "openid email profile offline_access https://outlook.office.com/IMAP.AccessAsUser.All",
      oauth_mail_scope: "https://outlook.office.com/IMAP.AccessAsUser.All",
      oauth_issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
      oauth_jwks_url: "https://login.microsoftonline.com/common/discovery/v2.0/keys",
      oauth_userinfo_url: "https://graph.microsoft.com/oidc/userinfo",
      oauth_authorize_params: { prompt: "select_account" },
      oauth_idle_days: 90,
    },
  },
  {
    name: "oauth2",
    title: "Another OAuth 2",
    text: "A provider whose users give consent in a browser.",
    code: "",
    kind: "oauth2",
    values: {
      ...NO_VALUES,
      smtp_port: 587,
      sasl_mechanism: "XOAUTH2",
      oauth_scopes: "openid email",
    },
  },
  {
    name: "oauth1",
    title: "OAuth 1.0a",
    text: "For the few providers that still use it.",
    code: "",
    kind: "oauth1",
    values: { ...NO_VALUES, smtp_port: 587, sasl_mechanism: "XOAUTH" },
  },
];

export const findPreset = (name: string | undefined): Preset | undefined =>
  PRESETS.find((preset) => preset.name === name);
