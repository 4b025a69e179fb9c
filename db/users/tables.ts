import { boolean, integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { USER_STATES } from "../../shared/users/user-states.ts";
import { at, count, createdAt } from "../columns.ts";
import { IMAP_SECURITIES } from "../partners/tables.ts";

/** A mail account that a partner watches: its login, state and settings. */
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
  /**
   * Only imports and instances of earlier versions write this column. Later versions use
   * `user_freshness`.
   */
  lastEmailAt: at("last_email_at"),
  /** Only instances of earlier versions write this column. Later versions use `user_freshness`. */
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

/** The changes of users' states. A trigger on `users` writes the rows. */
export const userStateChanges = pgTable("user_state_changes", {
  id: count("id").primaryKey().generatedAlwaysAsIdentity(),
  userId: text("user_id").notNull(),
  state: text({ enum: USER_STATES }).notNull(),
  reason: text(),
  changedAt: at("changed_at").notNull().defaultNow(),
});

/**
 * Users whose mail server has harmed the process that watched them, how often, and when. Harm means
 * that the process crashed, was blocked, or was overloaded.
 */
export const userHarms = pgTable("user_harms", {
  userId: text("user_id").primaryKey(),
  harms: integer().notNull(),
  reason: text().notNull(),
  harmedAt: at("harmed_at").notNull(),
  trialAt: at("trial_at"),
});

/**
 * The mail accounts that a user has had, each with its own epoch. A different login or a different
 * mail server is a different account.
 */
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

/** Connect and disconnect links that were used. Each link works once. */
export const spentLinks = pgTable("spent_links", {
  id: text().primaryKey(),
  userId: text("user_id").notNull(),
  spentAt: at("spent_at").notNull().defaultNow(),
  expiresAt: at("expires_at").notNull(),
});

/** How many logins were tried with each connect link. */
export const linkTries = pgTable("link_tries", {
  linkId: text("link_id").primaryKey(),
  tries: integer().notNull().default(1),
  expiresAt: at("expires_at").notNull(),
});

/**
 * When each user's mail server last sent anything, when a mail was last published, and when the
 * server last confirmed that all mail is recorded. The table is separate from `users`, since every
 * row is updated every few minutes.
 */
export const userFreshness = pgTable("user_freshness", {
  userId: text("user_id").primaryKey(),
  lastHeardAt: at("last_heard_at").notNull(),
  lastEmailAt: at("last_email_at"),
  caughtUpAt: at("caught_up_at"),
});
