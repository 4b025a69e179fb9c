import { and, count, eq, inArray, isNull, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { outbox } from "../mail/tables.ts";
import { users } from "../users/tables.ts";
import { LAST_HEARD_AT } from "../users/user-freshness.ts";

/** Counts these users by state. States without users are not in the result. */
export async function countUsersByState(
  db: Db,
  userIds: readonly string[],
): Promise<{ state: string; users: number }[]> {
  if (userIds.length === 0) return [];
  return db
    .select({ state: users.state, users: count() })
    .from(users)
    .where(and(isNull(users.archivedAt), isAmong(userIds)))
    .groupBy(users.state);
}

/**
 * How many seconds ago the mail servers of the measured users last sent anything: percentiles and
 * maximum. The true values may be lower: the time at which a server sent something is not stored
 * immediately, but once per FRESHNESS_INTERVAL.
 */
export interface FreshnessMeasure {
  p50: number;
  p99: number;
  max: number;
}

/** Measures the freshness of the users that are watched; null when no user is watched. */
export async function measureFreshness(
  db: Db,
  userIds: readonly string[],
): Promise<FreshnessMeasure | null> {
  if (userIds.length === 0) return null;
  const age = sql`extract(epoch from now() - greatest(${LAST_HEARD_AT}, ${users.stateChangedAt}))`;
  const atShare = (share: number) =>
    sql<number>`coalesce(percentile_disc(${share}::float8) within group (order by ${age}), 0)::float8`;
  const [row] = await db
    .select({ watched: count(), p50: atShare(0.5), p99: atShare(0.99), max: atShare(1) })
    .from(users)
    .where(and(isNull(users.archivedAt), eq(users.state, "watching"), isAmong(userIds)));
  return row && row.watched > 0 ? row : null;
}

/** SQL condition: the user's id is one of these ids, which are passed as one parameter. */
const isAmong = (userIds: readonly string[]) =>
  inArray(users.id, sql`(select jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb))`);

/**
 * Counts the rows in the outbox that wait to be published, and returns the age of the oldest of
 * them.
 */
export async function measureOutbox(db: Db): Promise<{ waiting: number; oldestSeconds: number }> {
  const [row] = await db
    .select({
      waiting: count(),
      oldestSeconds: sql<number>`coalesce(extract(epoch from now() - min(${outbox.createdAt})), 0)::float8`,
    })
    .from(outbox)
    .where(isNull(outbox.publishedAt));
  return row ?? { waiting: 0, oldestSeconds: 0 };
}
