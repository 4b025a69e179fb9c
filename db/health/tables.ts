import { pgTable, text } from "drizzle-orm/pg-core";
import { URGENCIES } from "../../shared/health/problem.ts";
import { at, createdAt } from "../columns.ts";

/** The open problems, as the evaluating instance of the fleet last found them. */
export const healthProblems = pgTable("health_problems", {
  key: text().primaryKey(),
  name: text().notNull(),
  urgency: text({ enum: URGENCIES }).notNull(),
  cause: text().notNull(),
  since: at("since").notNull(),
  firstSeenAt: at("first_seen_at").notNull().defaultNow(),
  seenAt: at("seen_at").notNull().defaultNow(),
  announcedAt: at("announced_at"),
});

export const MARK_KINDS = ["acknowledged", "muted"] as const;

/** The problems that an admin has acknowledged or muted. */
export const healthMarks = pgTable("health_marks", {
  key: text().primaryKey(),
  kind: text({ enum: MARK_KINDS }).notNull(),
  until: at("until"),
  adminId: text("admin_id"),
  createdAt: createdAt(),
});
