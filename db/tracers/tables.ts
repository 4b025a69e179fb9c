import { boolean, pgTable, text } from "drizzle-orm/pg-core";
import { at } from "../columns.ts";

/** Tracers: mails that the fleet sends to measure how long a mail takes to reach each stage. */
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
