import { integer, jsonb, pgTable, text } from "drizzle-orm/pg-core";
import { ADMIN_ROLES } from "../../shared/admin-roles.ts";
import { at, count, createdAt } from "../columns.ts";

/** The mails, attempts and failures of each minute, for the charts. */
export const trafficMinutes = pgTable("traffic_minutes", {
  minute: at("minute").primaryKey(),
  mails: integer().notNull(),
  attempts: integer().notNull(),
  failed: integer().notNull(),
  wayP50Ms: integer("way_p50_ms"),
  wayP99Ms: integer("way_p99_ms"),
});

/** Who changed what. Contains no secrets and no personal data. */
export const auditLog = pgTable("audit_log", {
  id: text().primaryKey(),
  at: at("at").notNull().defaultNow(),
  actor: text().notNull(),
  action: text().notNull(),
  subjectType: text("subject_type").notNull(),
  subjectId: text("subject_id").notNull(),
  details: jsonb().notNull().default({}),
  before: jsonb(),
  after: jsonb(),
});

/** The kinds of password; see migrations/0014-admin.sql and 0064-admin-sso.sql for the meaning of each. */
export const PASSWORD_KINDS = ["default", "one_time", "chosen", "none"] as const;

/** People who sign in to the admin pages. */
export const adminUsers = pgTable("admin_users", {
  id: text().primaryKey(),
  email: text().notNull(),
  name: text().notNull(),
  role: text({ enum: ADMIN_ROLES }).notNull().default("owner"),
  passwordHash: text("password_hash").notNull(),
  passwordKind: text("password_kind", { enum: PASSWORD_KINDS }).notNull(),
  passwordChangedAt: at("password_changed_at").notNull().defaultNow(),
  sealedTotpSecret: text("sealed_totp_secret"),
  totpConfirmedAt: at("totp_confirmed_at"),
  totpLastStep: count("totp_last_step").notNull().default(0),
  recoveryCodeHashes: text("recovery_code_hashes").array().notNull().default([]),
  failedTries: integer("failed_tries").notNull().default(0),
  failedNetworks: text("failed_networks").array().notNull().default([]),
  lockedUntil: at("locked_until"),
  lastSignInAt: at("last_sign_in_at"),
  createdAt: createdAt(),
  /** The account at an OpenID Connect provider that the admin is linked to. */
  oidcIssuer: text("oidc_issuer"),
  oidcSubject: text("oidc_subject"),
  shellPasswordAt: at("shell_password_at"),
});

/** Tokens with which programs use the admin API; see migrations/0059-admin-api-tokens.sql. */
export const adminApiTokens = pgTable("admin_api_tokens", {
  id: text().primaryKey(),
  adminId: text("admin_id").notNull(),
  name: text().notNull(),
  role: text({ enum: ADMIN_ROLES }).notNull(),
  tokenHash: text("token_hash").notNull(),
  createdAt: createdAt(),
  expiresAt: at("expires_at").notNull(),
  lastUsedAt: at("last_used_at"),
});

/** Passkeys of admins (WebAuthn); see migrations/0060-admin-passkeys.sql. */
export const adminPasskeys = pgTable("admin_passkeys", {
  id: text().primaryKey(),
  adminId: text("admin_id").notNull(),
  name: text().notNull(),
  credentialId: text("credential_id").notNull(),
  publicKey: text("public_key").notNull(),
  counter: count("counter").notNull(),
  transports: text().array().notNull().default([]),
  createdAt: createdAt(),
  lastUsedAt: at("last_used_at"),
});

/** Challenges that a passkey has answered. */
export const adminUsedChallenges = pgTable("admin_used_challenges", {
  hash: text().primaryKey(),
  usedAt: at("used_at").notNull().defaultNow(),
});

/** Sessions of admins, found by the hash of their token. Sessions are kept for 30 days. */
export const adminSessions = pgTable("admin_sessions", {
  id: text().primaryKey(),
  adminId: text("admin_id").notNull(),
  tokenHash: text("token_hash").notNull(),
  createdAt: createdAt(),
  lastSeenAt: at("last_seen_at").notNull().defaultNow(),
  userAgent: text("user_agent"),
  network: text(),
  revokedAt: at("revoked_at"),
  failedTries: integer("failed_tries").notNull().default(0),
});

/** The filters of a list that an admin has saved under a name. */
export const adminSavedFilters = pgTable("admin_saved_filters", {
  id: text().primaryKey(),
  adminId: text("admin_id").notNull(),
  path: text().notNull(),
  query: text().notNull(),
  name: text().notNull(),
  createdAt: createdAt(),
});
