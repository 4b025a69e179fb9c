import { and, asc, eq, gt, isNull, or, sql } from "drizzle-orm";
import type { Urgency } from "../../shared/health/problem.ts";
import type { Db } from "../client.ts";
import { requireCount } from "../conditions.ts";
import { noRows, type Query } from "../query.ts";
import { adminUsers } from "../admin/tables.ts";
import { healthMarks, healthProblems } from "./tables.ts";

/** How many problems are stored and read at most. */
const MAX_PROBLEMS = 500;

/** Lists the stored problems, oldest first. */
export const listKnownProblems = (db: Db) =>
  db.select().from(healthProblems).orderBy(asc(healthProblems.firstSeenAt)).limit(MAX_PROBLEMS);

export type KnownProblem = Awaited<ReturnType<typeof listKnownProblems>>[number];

const isCurrent = or(isNull(healthMarks.until), gt(healthMarks.until, sql`now()`));

/** Lists the marks that count now. */
export const listMarks = (db: Db) =>
  db
    .select({
      key: healthMarks.key,
      kind: healthMarks.kind,
      until: healthMarks.until,
      /** Null when the admin was deleted. */
      adminName: sql<string | null>`coalesce(nullif(${adminUsers.name}, ''), ${adminUsers.email})`,
      createdAt: healthMarks.createdAt,
    })
    .from(healthMarks)
    .leftJoin(adminUsers, eq(adminUsers.id, healthMarks.adminId))
    .where(isCurrent)
    .limit(MAX_PROBLEMS);

export type HealthMark = Awaited<ReturnType<typeof listMarks>>[number];

/** Stores a mark, in place of an earlier one of the same problem. */
export function setMark(
  db: Db,
  { until, ...mark }: Omit<typeof healthMarks.$inferInsert, "createdAt">,
): Query<void> {
  const values = { ...mark, until: until ?? null, createdAt: sql`now()` };
  return noRows(
    db
      .insert(healthMarks)
      .values(values)
      .onConflictDoUpdate({ target: healthMarks.key, set: values }),
  );
}

/** Deletes a mark. Fails, as `requireCount()`, when there is none. */
export const removeMark = (db: Db, key: string): Query<void> =>
  requireCount(
    db,
    db.delete(healthMarks).where(eq(healthMarks.key, key)).returning({ key: healthMarks.key }),
    1,
  );

/** A problem as the fleet stores it. */
export interface FoundProblem {
  key: string;
  name: string;
  urgency: Urgency;
  cause: string;
  /** Null when the problem has no beginning of its own: then it begins when it is first seen. */
  since: Date | null;
}

/**
 * Stores the problems that exist now, and returns all stored problems, also those that were not
 * found again.
 */
export async function recordProblems(
  db: Db,
  found: readonly FoundProblem[],
): Promise<KnownProblem[]> {
  if (found.length > 0) {
    const rows = found.slice(0, MAX_PROBLEMS).map(({ since, ...problem }) => ({
      ...problem,
      since: since ?? sql`now()`,
    }));
    await db
      .insert(healthProblems)
      .values(rows)
      .onConflictDoUpdate({
        target: healthProblems.key,
        set: {
          urgency: sql`excluded.urgency`,
          cause: sql`excluded.cause`,
          seenAt: sql`now()`,
        },
      });
  }
  return await listKnownProblems(db);
}

/**
 * Claims the notice of a problem.
 * @returns false when another instance has sent it.
 */
export async function claimAnnouncement(db: Db, key: string): Promise<boolean> {
  const claimed = await db
    .update(healthProblems)
    .set({ announcedAt: sql`now()` })
    .where(and(eq(healthProblems.key, key), isNull(healthProblems.announcedAt)))
    .returning({ key: healthProblems.key });
  return claimed.length > 0;
}

/** Gives back the notice of a problem that could not be sent. */
export async function releaseAnnouncement(db: Db, key: string): Promise<void> {
  await db.update(healthProblems).set({ announcedAt: null }).where(eq(healthProblems.key, key));
}

/**
 * Deletes a problem that is over, and its acknowledgement.
 * @returns false when another instance has deleted it.
 */
export async function endProblem(db: Db, key: string): Promise<boolean> {
  const ended = await db
    .delete(healthProblems)
    .where(eq(healthProblems.key, key))
    .returning({ key: healthProblems.key });
  await db
    .delete(healthMarks)
    .where(and(eq(healthMarks.key, key), eq(healthMarks.kind, "acknowledged")));
  return ended.length > 0;
}
