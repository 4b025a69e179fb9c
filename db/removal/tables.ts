import { integer, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { at, count, createdAt } from "../columns.ts";

/** Refresh tokens to revoke at their provider. */
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

/**
 * Ids of removed users. From this table, an instance that still has such a user in memory learns
 * that the user was removed.
 */
export const removedUsers = pgTable("removed_users", {
  userId: text("user_id").primaryKey(),
  changeSeq: count("change_seq").notNull(),
  removedAt: at("removed_at").notNull().defaultNow(),
});

/**
 * Ids of removed partners. When `partners` has no row for the partner of a lane, the fleet removes
 * the lane from NATS only if this table has the partner's id.
 */
export const removedPartners = pgTable("removed_partners", {
  partnerId: text("partner_id").primaryKey(),
  removedAt: at("removed_at").notNull().defaultNow(),
});

export const PURGE_STATES = ["waiting", "running", "finished"] as const;

export const PURGE_SCOPES = ["user", "connection"] as const;

/** Requests to remove a user or a connection permanently, and their progress. */
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

/** The users that each unfinished purge has deleted. */
export const purgedUsers = pgTable(
  "purged_users",
  { purgeId: text("purge_id").notNull(), userId: text("user_id").notNull() },
  (table) => [primaryKey({ columns: [table.purgeId, table.userId] })],
);
