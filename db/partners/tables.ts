import { boolean, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { at, count, createdAt } from "../columns.ts";

export const IMAP_SECURITIES = ["tls", "starttls", "none"] as const;

export const PROVIDER_KINDS = ["plain", "oauth2", "oauth1"] as const;

export const SASL_MECHANISMS = ["XOAUTH2", "OAUTHBEARER", "XOAUTH"] as const;

/** A kind of mail account: its server, and how users log in. */
export const imapProviders = pgTable("imap_providers", {
  id: text().primaryKey(),
  code: text().notNull(),
  title: text().notNull(),
  kind: text({ enum: PROVIDER_KINDS }).notNull(),
  enabled: boolean().notNull().default(true),
  imapHost: text("imap_host").notNull(),
  imapPort: integer("imap_port").notNull(),
  imapSecurity: text("imap_security", { enum: IMAP_SECURITIES }).notNull(),
  smtpHost: text("smtp_host"),
  smtpPort: integer("smtp_port"),
  smtpStarttls: boolean("smtp_starttls").notNull().default(true),
  oauthAuthorizeUrl: text("oauth_authorize_url"),
  oauthTokenUrl: text("oauth_token_url"),
  oauthRevokeUrl: text("oauth_revoke_url"),
  oauthScopes: text("oauth_scopes"),
  saslMechanism: text("sasl_mechanism", { enum: SASL_MECHANISMS }),
  idleMinutes: integer("idle_minutes").notNull().default(9),
  loginRate: integer("login_rate"),
  createdAt: createdAt(),
  oauthIssuer: text("oauth_issuer"),
  oauthJwksUrl: text("oauth_jwks_url"),
  oauthUserinfoUrl: text("oauth_userinfo_url"),
  oauthRequestTokenUrl: text("oauth_request_token_url"),
  oauthAuthorizeParams: jsonb("oauth_authorize_params")
    .$type<Record<string, string>>()
    .notNull()
    .default({}),
  oauthMailScope: text("oauth_mail_scope"),
  oauthIdleDays: integer("oauth_idle_days"),
  loginHelp: text("login_help"),
  loginHelpUrl: text("login_help_url"),
  ownHost: boolean("own_host").notNull().default(false),
  disabledReason: text("disabled_reason"),
});

export const PAYLOAD_FORMATS = ["superimap", "raw", "parsed"] as const;

export const PAUSE_REASONS = ["admin", "partner", "forbidden"] as const;

/**
 * An application that receives the mail of its users: its settings, webhooks and sealed secrets.
 */
export const partners = pgTable("partners", {
  id: text().primaryKey(),
  name: text().notNull(),
  successUrl: text("success_url"),
  failureUrl: text("failure_url"),
  allowedOrigins: text("allowed_origins").array().notNull().default([]),
  newMailWebhook: text("new_mail_webhook"),
  userConnectedWebhook: text("user_connected_webhook"),
  userDisconnectedWebhook: text("user_disconnected_webhook"),
  userAuthFailedWebhook: text("user_auth_failed_webhook"),
  sealedWebhookSecret: text("sealed_webhook_secret").notNull(),
  sealedPreviousWebhookSecret: text("sealed_previous_webhook_secret"),
  previousWebhookSecretUntil: at("previous_webhook_secret_until"),
  payloadFormat: text("payload_format", { enum: PAYLOAD_FORMATS }).notNull().default("superimap"),
  pausedAt: at("paused_at"),
  createdAt: createdAt(),
  sealedSigningKey: text("sealed_signing_key"),
  sealedPreviousSigningKey: text("sealed_previous_signing_key"),
  previousSigningKeyUntil: at("previous_signing_key_until"),
  pausedReason: text("paused_reason", { enum: PAUSE_REASONS }),
  ordered: boolean().notNull().default(false),
  removedAt: at("removed_at"),
  sealedNewMailWebhook: text("sealed_new_mail_webhook"),
  sealedUserConnectedWebhook: text("sealed_user_connected_webhook"),
  sealedUserDisconnectedWebhook: text("sealed_user_disconnected_webhook"),
  sealedUserAuthFailedWebhook: text("sealed_user_auth_failed_webhook"),
  allowPlainHttp: boolean("allow_plain_http").notNull().default(false),
  resumedAt: at("resumed_at"),
  privacyUrl: text("privacy_url"),
  termsUrl: text("terms_url"),
  websiteUrl: text("website_url"),
  accentColor: text("accent_color"),
  logoType: text("logo_type"),
  logoBase64: text("logo_base64"),
  logoDigest: text("logo_digest"),
  consentPage: boolean("consent_page").notNull().default(true),
  providerChoice: boolean("provider_choice").notNull().default(false),
});

/** A partner's API keys, found by their hash. One of them also signs the bodies of its webhooks. */
export const apiKeys = pgTable("api_keys", {
  id: text().primaryKey(),
  partnerId: text("partner_id").notNull(),
  prefix: text().notNull(),
  keyHash: text("key_hash").notNull(),
  sealedKey: text("sealed_key").notNull(),
  signing: boolean().notNull().default(false),
  createdAt: createdAt(),
  lastUsedAt: at("last_used_at"),
  revokedAt: at("revoked_at"),
});

/** Answers that were stored for an `Idempotency-Key`, kept for 24 hours. */
export const idempotencyKeys = pgTable("idempotency_keys", {
  id: text().primaryKey(),
  partnerId: text("partner_id").notNull(),
  keyHash: text("key_hash").notNull(),
  sealedAnswer: text("sealed_answer"),
  claimedAt: at("claimed_at").notNull().defaultNow(),
});

/** A provider that a partner uses, with the partner's own OAuth client. */
export const partnerConnections = pgTable("partner_connections", {
  id: text().primaryKey(),
  partnerId: text("partner_id").notNull(),
  providerId: text("provider_id").notNull(),
  oauth2ClientId: text("oauth2_client_id"),
  sealedOauth2ClientSecret: text("sealed_oauth2_client_secret"),
  createdAt: createdAt(),
  oauth1ConsumerKey: text("oauth1_consumer_key"),
  sealedOauth1ConsumerSecret: text("sealed_oauth1_consumer_secret"),
  removedAt: at("removed_at"),
  clientAt: at("client_at"),
});

/** The tables of the old SuperIMAP that are imported. */
export const IMPORTED_TABLES = [
  "imap_providers",
  "partners",
  "partner_connections",
  "users",
] as const;

/** Maps the rows of an old SuperIMAP installation to our rows. */
export const imports = pgTable(
  "imports",
  {
    source: text().notNull(),
    sourceTable: text("source_table", { enum: IMPORTED_TABLES }).notNull(),
    sourceId: count("source_id").notNull(),
    ourId: text("our_id").notNull(),
    importedAt: at("imported_at").notNull().defaultNow(),
  },
  (table) => [primaryKey({ columns: [table.source, table.sourceTable, table.sourceId] })],
);
