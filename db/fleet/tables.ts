import { boolean, integer, pgTable, text } from "drizzle-orm/pg-core";
import { at, createdAt } from "../columns.ts";

/** The id of the installation. Its streams in NATS contain the same id. The table has one row. */
export const installation = pgTable("installation", {
  isOnly: boolean("is_only").primaryKey().default(true),
  id: text().notNull(),
  createdAt: createdAt(),
});

/** The kinds of work that one instance does for the whole fleet, and when each is due next. */
export const rounds = pgTable("rounds", {
  name: text().primaryKey(),
  dueAt: at("due_at").notNull(),
});

/** Requests from the edge to the fleet, and the answers; both are sealed. */
/** How a login ended that a person waited for. `saved`: it is tried again later. */
export const TRY_OUTCOMES = ["connected", "saved"] as const;

export const commands = pgTable("commands", {
  id: text().primaryKey(),
  kind: text().notNull(),
  sealedRequest: text("sealed_request"),
  sealedAnswer: text("sealed_answer"),
  createdAt: createdAt(),
  expiresAt: at("expires_at").notNull(),
  takenAt: at("taken_at"),
  answeredAt: at("answered_at"),
  partnerId: text("partner_id"),
  sealedContinuation: text("sealed_continuation"),
  outcome: text({ enum: TRY_OUTCOMES }),
});

/** The last heartbeat and the last report of each instance, for the admin pages. */
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
  reportedAt: at("reported_at"),
  natsSilentSince: at("nats_silent_since"),
});
