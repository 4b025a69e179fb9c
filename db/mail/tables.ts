import { boolean, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import { at, count, createdAt, writtenBy } from "../columns.ts";

/** For each mailbox of an account, the UID up to which its mail is recorded. */
export const cursors = pgTable(
  "cursors",
  {
    userId: text("user_id").notNull(),
    mailbox: text().notNull(),
    uidValidity: count("uid_validity").notNull(),
    lastUid: count("last_uid").notNull(),
    lastInternalDate: at("last_internal_date"),
    /**
     * If an import created the cursor: the UID at which the cursor began. Otherwise null. Mail up
     * to this UID has no row in `seen`.
     */
    importedUid: count("imported_uid"),
    updatedAt: at("updated_at").notNull().defaultNow(),
    accountEpoch: integer("account_epoch").notNull().default(0),
  },
  (table) => [primaryKey({ columns: [table.userId, table.accountEpoch, table.mailbox] })],
);

/** The record of each mail for detecting duplicates. */
export const seen = pgTable("seen", {
  eventId: text("event_id").primaryKey(),
  userId: text("user_id").notNull(),
  messageIdHash: text("message_id_hash"),
  sha1: text(),
  contentHash: text("content_hash"),
  seenAt: at("seen_at").notNull().defaultNow(),
});

export const MAIL_STATES = ["queued", "delivered", "dead", "skipped", "parked", "lost"] as const;

/** Every message that was found, and what happened to it. Partitioned by day. */
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
    /** Null unless the mail was queued again, which changes `recordedAt`. */
    firstRecordedAt: at("first_recorded_at"),
    /** When an admin asked for the delivered mail to be sent again. */
    resendRequestedAt: at("resend_requested_at"),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.recordedAt] })],
);

/** The states of an event in the partner's log. */
export const EVENT_STATES = ["queued", "delivered", "dead", "lost"] as const;

/** Events that are not mail: connected, disconnected, login failed. */
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

/** Messages that could not be fetched, and when each is tried again. */
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

/** Messages to publish to NATS, written in the transaction that causes them. */
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

/** Requests to send events for mail that is already in a mailbox, and their progress. */
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
