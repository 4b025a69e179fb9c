import { boolean, integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import type { LoggedRequest, ShownHeaders } from "../../shared/network/logged-request.ts";
import { at, count } from "../columns.ts";

export const LANE_STATES = ["running", "paused", "open", "probing"] as const;

/** The state of each partner's deliveries, as the instance that owns the lane reports it. */
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
  oldestInFlightAt: at("oldest_in_flight_at"),
  recentAttempts: integer("recent_attempts").notNull().default(0),
  recentFailures: integer("recent_failures").notNull().default(0),
  answerP50Ms: integer("answer_p50_ms"),
  answerP99Ms: integer("answer_p99_ms"),
});

/** Every attempt to deliver a webhook. Partitioned by day. */
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
    request: jsonb().$type<LoggedRequest>(),
    answerHeaders: jsonb("answer_headers").$type<ShownHeaders>(),
  },
  (table) => [primaryKey({ columns: [table.eventId, table.attempt, table.attemptedAt] })],
);

/** Events that were given up after their last attempt. Their payloads are in the stream DEAD. */
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
