import { integer, jsonb, pgTable, primaryKey, text } from "drizzle-orm/pg-core";
import type { LatencyHistogram } from "../../shared/latency-histogram.ts";
import { at, count } from "../columns.ts";

export const TRAFFIC_STEPS = ["minute", "quarter", "hour", "day"] as const;
/** How long the period of a row is. A quarter is 15 minutes. */
export type TrafficStep = (typeof TRAFFIC_STEPS)[number];

/** Means all partners or all providers in the columns `partner_id` and `provider_id`. */
export const ALL = "";

/** Mails, attempts, latency and backlog by time, partner and provider, for the charts. */
export const trafficPoints = pgTable(
  "traffic_points",
  {
    step: text({ enum: TRAFFIC_STEPS }).notNull(),
    start: at("start").notNull(),
    partnerId: text("partner_id").notNull(),
    providerId: text("provider_id").notNull(),
    mails: integer().notNull().default(0),
    attempts: integer().notNull().default(0),
    failed: integer().notNull().default(0),
    latency: jsonb().$type<LatencyHistogram>().notNull().default({}),
    backlog: count("backlog").notNull().default(0),
    oldestS: integer("oldest_s").notNull().default(0),
  },
  (table) => [
    primaryKey({ columns: [table.partnerId, table.providerId, table.step, table.start] }),
  ],
);
