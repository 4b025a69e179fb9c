import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  timestamp,
} from "drizzle-orm/pg-core";
import { USER_STATES } from "../shared/user-states.ts";

/**
 * The tables as the migrations make them. The SQL is the truth (partitions, triggers and checks
 * cannot be said here); a test compares the two.
 */

const at = (name: string) => timestamp(name, { withTimezone: true, mode: "date" });
/** UIDs, UIDVALIDITY (both 32 bits), stream sequences and transaction ids: all below 2^53. */
const count = (name: string) => bigint(name, { mode: "number" });
const createdAt = () => at("created_at").notNull().defaultNow();
/** Where in the order of all changes the row was written. */
const writtenBy = () =>
  count("change_seq")
    .notNull()
    .default(sql`change_seq_now()`);

export const IMAP_SECURITIES = ["tls", "starttls", "none"] as const;
export const PROVIDER_KINDS = ["plain", "oauth2", "oauth1"] as const;
export const SASL_MECHANISMS = ["XOAUTH2", "OAUTHBEARER", "XOAUTH"] as const;

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
});

export const LANE_STATES = ["running", "paused", "open", "probing"] as const;

export const lanes = pgTable("lanes", {
  partnerId: text("partner_id").primaryKey(),
  state: text({ enum: LANE_STATES }).notNull(),
  reason: text(),
  openUntil: at("open_until"),
  inFlight: integer("in_flight").notNull(),
  pending: count("pending").notNull(),
  retrying: count("retrying").notNull(),
  oldestAt: at("oldest_at"),
  instanceId: text("instance_id").notNull(),
  reportedAt: at("reported_at").notNull().defaultNow(),
  ingestPausedAt: at("ingest_paused_at"),
  lettersFullAt: at("letters_full_at"),
});

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

export const idempotencyKeys = pgTable("idempotency_keys", {
  id: text().primaryKey(),
  partnerId: text("partner_id").notNull(),
  keyHash: text("key_hash").notNull(),
  sealedAnswer: text("sealed_answer"),
  claimedAt: at("claimed_at").notNull().defaultNow(),
});

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

export const users = pgTable("users", {
  id: text().primaryKey(),
  connectionId: text("connection_id").notNull(),
  tag: text().notNull(),
  email: text(),
  loginUsername: text("login_username"),
  sealedLoginPassword: text("sealed_login_password"),
  state: text({ enum: USER_STATES }).notNull().default("new"),
  stateReason: text("state_reason"),
  stateChangedAt: at("state_changed_at").notNull().defaultNow(),
  connectedAt: at("connected_at"),
  lastLoginAt: at("last_login_at"),
  lastEmailAt: at("last_email_at"),
  /** As earlier instances write it: see user_freshness. */
  lastHeardAt: at("last_heard_at"),
  archivedAt: at("archived_at"),
  restoredAt: at("restored_at"),
  enableTracer: boolean("enable_tracer").notNull().default(false),
  createdAt: createdAt(),
  changeSeq: count("change_seq").notNull().default(0),
  imapHost: text("imap_host"),
  imapPort: integer("imap_port"),
  imapSecurity: text("imap_security", { enum: IMAP_SECURITIES }),
  sealedRefreshToken: text("sealed_refresh_token"),
  sealedPreviousRefreshToken: text("sealed_previous_refresh_token"),
  refreshedAt: at("refreshed_at"),
  sealedOauth1Token: text("sealed_oauth1_token"),
  credentialsAt: at("credentials_at"),
  incidentAt: at("incident_at"),
  pausedAt: at("paused_at"),
  refreshLeaseUntil: at("refresh_lease_until"),
  accountEpoch: integer("account_epoch").notNull().default(0),
  deliverTracers: boolean("deliver_tracers").notNull().default(false),
  tokenUsername: text("token_username"),
  tokenUsernames: text("token_usernames").array(),
});

export const userStateChanges = pgTable("user_state_changes", {
  id: count("id").primaryKey().generatedAlwaysAsIdentity(),
  userId: text("user_id").notNull(),
  state: text({ enum: USER_STATES }).notNull(),
  reason: text(),
  changedAt: at("changed_at").notNull().defaultNow(),
});

export const userHarms = pgTable("user_harms", {
  userId: text("user_id").primaryKey(),
  harms: integer().notNull(),
  reason: text().notNull(),
  harmedAt: at("harmed_at").notNull(),
  trialAt: at("trial_at"),
});

export const userAccounts = pgTable(
  "user_accounts",
  {
    userId: text("user_id").notNull(),
    epoch: integer().notNull(),
    loginHash: text("login_hash").notNull(),
    server: text().notNull(),
    watchFrom: at("watch_from"),
  },
  (table) => [primaryKey({ columns: [table.userId, table.epoch] })],
);

export const spentLinks = pgTable("spent_links", {
  id: text().primaryKey(),
  userId: text("user_id").notNull(),
  spentAt: at("spent_at").notNull().defaultNow(),
  expiresAt: at("expires_at").notNull(),
});

export const linkTries = pgTable("link_tries", {
  linkId: text("link_id").primaryKey(),
  tries: integer().notNull().default(1),
  expiresAt: at("expires_at").notNull(),
});

export const revocations = pgTable("revocations", {
  id: text().primaryKey(),
  userId: text("user_id").notNull(),
  connectionId: text("connection_id").notNull(),
  revokeUrl: text("revoke_url").notNull(),
  clientId: text("client_id").notNull(),
  sealedClientSecret: text("sealed_client_secret"),
  sealedToken: text("sealed_token").notNull(),
  tries: integer().notNull().default(0),
  nextTryAt: at("next_try_at").notNull().defaultNow(),
  lastError: text("last_error"),
  createdAt: createdAt(),
});

export const removedUsers = pgTable("removed_users", {
  userId: text("user_id").primaryKey(),
  changeSeq: count("change_seq").notNull(),
  removedAt: at("removed_at").notNull().defaultNow(),
});

/** Written once in some minutes for every user. */
export const userFreshness = pgTable("user_freshness", {
  userId: text("user_id").primaryKey(),
  lastHeardAt: at("last_heard_at").notNull(),
});

/** One row. */
export const installation = pgTable("installation", {
  isOnly: boolean("is_only").primaryKey().default(true),
  id: text().notNull(),
  createdAt: createdAt(),
});

export const removedPartners = pgTable("removed_partners", {
  partnerId: text("partner_id").primaryKey(),
  removedAt: at("removed_at").notNull().defaultNow(),
});

export const cursors = pgTable(
  "cursors",
  {
    userId: text("user_id").notNull(),
    mailbox: text().notNull(),
    uidValidity: count("uid_validity").notNull(),
    lastUid: count("last_uid").notNull(),
    lastInternalDate: at("last_internal_date"),
    updatedAt: at("updated_at").notNull().defaultNow(),
    accountEpoch: integer("account_epoch").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.userId, table.accountEpoch, table.mailbox] })],
);

export const seen = pgTable("seen", {
  eventId: text("event_id").primaryKey(),
  userId: text("user_id").notNull(),
  messageIdHash: text("message_id_hash"),
  sha1: text(),
  contentHash: text("content_hash"),
  seenAt: at("seen_at").notNull().defaultNow(),
});

export const MAIL_STATES = ["queued", "delivered", "dead", "skipped", "parked", "lost"] as const;

export const mailLogs = pgTable(
  "mail_logs",
  {
    eventId: text("event_id").notNull(),
    recordedAt: at("recorded_at").notNull().defaultNow(),
    userId: text("user_id").notNull(),
    mailbox: text().notNull(),
    uidValidity: count("uid_validity").notNull(),
    uid: count("uid").notNull(),
    messageId: text("message_id"),
    sha1: text(),
    sizeBytes: count("size_bytes").notNull(),
    internalDate: at("internal_date").notNull(),
    streamSeq: count("stream_seq"),
    state: text({ enum: MAIL_STATES }).notNull(),
    reason: text(),
    partnerId: text("partner_id").notNull(),
    changeSeq: writtenBy(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.recordedAt] })],
);

/** What may become of an event that the partner is told, or would have been. */
export const EVENT_STATES = ["queued", "delivered", "dead", "lost"] as const;

export const userEvents = pgTable("user_events", {
  eventId: text("event_id").primaryKey(),
  partnerId: text("partner_id").notNull(),
  userId: text("user_id").notNull(),
  kind: text().notNull(),
  createdAt: createdAt(),
  changeSeq: writtenBy(),
  state: text({ enum: [...EVENT_STATES, "skipped"] })
    .notNull()
    .default("queued"),
  reason: text(),
});

export const parkedMails = pgTable("parked_mails", {
  eventId: text("event_id").primaryKey(),
  userId: text("user_id").notNull(),
  mailbox: text().notNull(),
  uidValidity: count("uid_validity").notNull(),
  uid: count("uid").notNull(),
  internalDate: at("internal_date").notNull(),
  tries: integer().notNull().default(0),
  nextTryAt: at("next_try_at").notNull(),
});

export const transmitLogs = pgTable(
  "transmit_logs",
  {
    eventId: text("event_id").notNull(),
    attempt: integer().notNull(),
    attemptedAt: at("attempted_at").notNull(),
    partnerId: text("partner_id").notNull(),
    userId: text("user_id").notNull(),
    status: integer(),
    error: text(),
    durationMs: integer("duration_ms").notNull(),
    answer: text(),
    outcome: text({ enum: ["delivered", "archived", "retry", "held", "dead"] }).notNull(),
    nextAttemptAt: at("next_attempt_at"),
    eventAt: at("event_at"),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.attempt, table.attemptedAt] })],
);

export const deadLetters = pgTable("dead_letters", {
  eventId: text("event_id").primaryKey(),
  partnerId: text("partner_id").notNull(),
  userId: text("user_id").notNull(),
  kind: text().notNull(),
  streamSeq: count("stream_seq"),
  attempts: integer().notNull(),
  lastError: text("last_error").notNull(),
  diedAt: at("died_at").notNull(),
  redeliveredAt: at("redelivered_at"),
  unreadable: boolean().notNull().default(false),
  redeliverRequestedAt: at("redeliver_requested_at"),
  requeuedAt: at("requeued_at"),
  redeliveryError: text("redelivery_error"),
  deleteRequestedAt: at("delete_requested_at"),
  leasedUntil: at("leased_until"),
  obsoleteSeqs: count("obsolete_seqs").array().notNull().default([]),
  letterBytes: count("letter_bytes"),
});

export const tracerLogs = pgTable("tracer_logs", {
  uid: text().primaryKey(),
  userId: text("user_id").notNull(),
  sentAt: at("sent_at").notNull(),
  seenAt: at("seen_at"),
  publishedAt: at("published_at"),
  answeredAt: at("answered_at"),
  deliveryTest: boolean("delivery_test").notNull().default(false),
  eventId: text("event_id"),
  sendError: text("send_error"),
});

export const outbox = pgTable("outbox", {
  id: count("id").primaryKey().generatedAlwaysAsIdentity(),
  kind: text({ enum: ["event", "users_changed", "partner_changed"] }).notNull(),
  partnerId: text("partner_id").notNull(),
  eventId: text("event_id"),
  payload: jsonb().notNull(),
  createdAt: createdAt(),
  publishedAt: at("published_at"),
  streamSeq: count("stream_seq"),
});

export const SWEEP_STATES = ["waiting", "running", "finished", "failed"] as const;

export const sweeps = pgTable("sweeps", {
  id: text().primaryKey(),
  userId: text("user_id").notNull(),
  state: text({ enum: SWEEP_STATES }).notNull().default("waiting"),
  since: at("since").notNull(),
  until: at("until").notNull(),
  redeliver: boolean().notNull().default(false),
  mailbox: text(),
  uidValidity: count("uid_validity"),
  lastUid: count("last_uid").notNull().default(0),
  found: integer().notNull().default(0),
  published: integer().notNull().default(0),
  skipped: integer().notNull().default(0),
  error: text(),
  createdAt: createdAt(),
  finishedAt: at("finished_at"),
  accountEpoch: integer("account_epoch"),
});

export const PURGE_STATES = ["waiting", "running", "finished"] as const;
export const PURGE_SCOPES = ["user", "connection"] as const;

export const purges = pgTable("purges", {
  id: text().primaryKey(),
  partnerId: text("partner_id").notNull(),
  connectionId: text("connection_id").notNull(),
  scope: text({ enum: PURGE_SCOPES }).notNull(),
  subjectId: text("subject_id").notNull(),
  state: text({ enum: PURGE_STATES }).notNull().default("waiting"),
  total: integer().notNull(),
  done: integer().notNull().default(0),
  mails: integer().notNull().default(0),
  attempts: integer().notNull().default(0),
  deadLetters: integer("dead_letters").notNull().default(0),
  messages: integer().notNull().default(0),
  createdAt: createdAt(),
  leasedUntil: at("leased_until"),
  settleAt: at("settle_at"),
  finishedAt: at("finished_at"),
});

export const purgedUsers = pgTable(
  "purged_users",
  { purgeId: text("purge_id").notNull(), userId: text("user_id").notNull() },
  (table) => [primaryKey({ columns: [table.purgeId, table.userId] })],
);

export const rounds = pgTable("rounds", {
  name: text().primaryKey(),
  dueAt: at("due_at").notNull(),
});

export const commands = pgTable("commands", {
  id: text().primaryKey(),
  kind: text().notNull(),
  sealedRequest: text("sealed_request").notNull(),
  sealedAnswer: text("sealed_answer"),
  createdAt: createdAt(),
  expiresAt: at("expires_at").notNull(),
  takenAt: at("taken_at"),
  answeredAt: at("answered_at"),
  partnerId: text("partner_id"),
});

export const fleetInstances = pgTable("fleet_instances", {
  id: text().primaryKey(),
  role: text().notNull(),
  state: text().notNull(),
  capacity: integer().notNull(),
  usersHeld: integer("users_held").notNull(),
  heartbeatAt: at("heartbeat_at").notNull(),
  version: text(),
  region: text(),
  natsVersion: text("nats_version"),
});

export const trafficMinutes = pgTable("traffic_minutes", {
  minute: at("minute").primaryKey(),
  mails: integer().notNull(),
  attempts: integer().notNull(),
  failed: integer().notNull(),
  wayP50Ms: integer("way_p50_ms"),
  wayP99Ms: integer("way_p99_ms"),
});

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

/** See the migration for what each means. */
export const PASSWORD_KINDS = ["default", "one_time", "chosen"] as const;

export const adminUsers = pgTable("admin_users", {
  id: text().primaryKey(),
  email: text().notNull(),
  name: text().notNull(),
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
});

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

/** Tables of a SuperIMAP whose rows become rows of ours. */
export const IMPORTED_TABLES = [
  "imap_providers",
  "partners",
  "partner_connections",
  "users",
] as const;

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
