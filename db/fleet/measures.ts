import { and, count, eq, inArray, isNull, sql, type SQLWrapper } from "drizzle-orm";
import type { Db } from "../client.ts";
import { outbox } from "../mail/tables.ts";
import { users } from "../users/tables.ts";
import { LAG_SECONDS, LAST_HEARD_AT } from "../users/user-freshness.ts";

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

/** Percentiles and maximum of a number of seconds. */
export interface SecondsMeasure {
  p50: number;
  p99: number;
  max: number;
}

/**
 * Two measures of watched users. The true values may be lower, because the times are not stored
 * immediately, but once per FRESHNESS_INTERVAL.
 */
export interface FreshnessMeasure {
  /** How many seconds ago the mail servers last sent anything. */
  heard: SecondsMeasure;
  /** See LAG_SECONDS. */
  lag: SecondsMeasure;
}

/** Measures the freshness of the users that are watched; null when no user is watched. */
export async function measureFreshness(
  db: Db,
  userIds: readonly string[],
): Promise<FreshnessMeasure | null> {
  if (userIds.length === 0) return null;
  const ages = db
    .select({
      heard:
        sql`extract(epoch from now() - greatest(${LAST_HEARD_AT}, ${users.stateChangedAt}))`.as(
          "heard",
        ),
      lag: LAG_SECONDS.as("lag"),
    })
    .from(users)
    .where(and(isNull(users.archivedAt), eq(users.state, "watching"), isAmong(userIds)))
    .as("ages");
  const toMeasure = (age: SQLWrapper) => ({
    p50: toPercentile(age, 0.5),
    p99: toPercentile(age, 0.99),
    max: toPercentile(age, 1),
  });
  const [row] = await db
    .select({ watched: count(), heard: toMeasure(ages.heard), lag: toMeasure(ages.lag) })
    .from(ages);
  return row && row.watched > 0 ? row : null;
}

const toPercentile = (age: SQLWrapper, share: number) =>
  sql<number>`coalesce(percentile_disc(${share}::float8) within group (order by ${age}), 0)::float8`;

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
