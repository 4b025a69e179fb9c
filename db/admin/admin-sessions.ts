import { and, desc, eq, isNull, lt, ne, sql } from "drizzle-orm";
import type { AdminRole } from "../../shared/admin-roles.ts";
import type { Db } from "../client.ts";
import { requireRow } from "../conditions.ts";
import { noRows, type Query } from "../query.ts";
import { adminSessions, adminUsers } from "./tables.ts";

const IDLE = sql`interval '30 minutes'`;
const LIFETIME = sql`interval '12 hours'`;
/** last_seen_at is updated only when it is at least this old, to save writes. */
const STALE_AFTER = sql`interval '1 minute'`;
/**
 * How long the row of a session is kept after the session began. Deleting the row loses nothing:
 * the audit log keeps the admin's actions.
 */
const KEPT = sql`interval '30 days'`;

const isStale = lt(adminSessions.lastSeenAt, sql`now() - ${STALE_AFTER}`);
/**
 * SQL condition: the session has not ended. A locked account keeps its sessions, because anyone can
 * lock an account with wrong passwords.
 */
const isLiving = and(
  isNull(adminSessions.revokedAt),
  sql`${adminSessions.lastSeenAt} > now() - ${IDLE}`,
  sql`${adminSessions.createdAt} > now() - ${LIFETIME}`,
);

/** An admin whose session or API token was valid. */
export interface SignedInAdmin {
  adminId: string;
  role: AdminRole;
  passwordKind: (typeof adminUsers.$inferSelect)["passwordKind"];
}

/**
 * Finds the session whose token has this hash, unless the session has ended. If `stale` is true,
 * last_seen_at is more than a minute old, and the caller must call `touchSession()`.
 */
export async function findSession(
  db: Db,
  tokenHash: string,
): Promise<(SignedInAdmin & { sessionId: string; stale: boolean }) | undefined> {
  const [found] = await db
    .select({
      sessionId: adminSessions.id,
      adminId: adminUsers.id,
      role: adminUsers.role,
      passwordKind: adminUsers.passwordKind,
      stale: sql<boolean>`${isStale}`,
    })
    .from(adminSessions)
    .innerJoin(adminUsers, eq(adminUsers.id, adminSessions.adminId))
    .where(and(eq(adminSessions.tokenHash, tokenHash), isLiving));
  return found;
}

/**
 * Updates last_seen_at if it is more than a minute old. Of several concurrent requests, only one
 * writes.
 */
export async function touchSession(db: Db, id: string): Promise<void> {
  await db
    .update(adminSessions)
    .set({ lastSeenAt: sql`now()` })
    .where(and(eq(adminSessions.id, id), isStale));
}

export type NewSession = Pick<
  typeof adminSessions.$inferInsert,
  "id" | "adminId" | "tokenHash" | "userAgent" | "network"
>;

/** Inserts a session, and deletes all sessions that were created more than 30 days ago. */
export const insertSession = (tx: Db, session: NewSession): readonly Query<void>[] => [
  noRows(tx.delete(adminSessions).where(lt(adminSessions.createdAt, sql`now() - ${KEPT}`))),
  noRows(tx.insert(adminSessions).values(session)),
];

/**
 * Lists the sessions that have not ended, newest first: of one admin, or of all without `adminId`.
 * `before` is the last id of the previous page.
 */
export function listSessions(
  db: Db,
  page: { adminId: string | undefined; before: string | undefined; limit: number },
) {
  const isOf = page.adminId === undefined ? undefined : eq(adminSessions.adminId, page.adminId);
  const before = page.before === undefined ? undefined : lt(adminSessions.id, page.before);
  return db
    .select({
      id: adminSessions.id,
      adminId: adminUsers.id,
      adminName: adminUsers.name,
      createdAt: adminSessions.createdAt,
      lastSeenAt: adminSessions.lastSeenAt,
      userAgent: adminSessions.userAgent,
      network: adminSessions.network,
    })
    .from(adminSessions)
    .innerJoin(adminUsers, eq(adminUsers.id, adminSessions.adminId))
    .where(and(isLiving, isOf, before))
    .orderBy(desc(adminSessions.id))
    .limit(page.limit);
}

export type ListedSession = Awaited<ReturnType<typeof listSessions>>[number];

/** Revokes a session. Idempotent. */
export const revokeSession = (tx: Db, id: string): Query<void> =>
  noRows(
    tx
      .update(adminSessions)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(adminSessions.id, id), isNull(adminSessions.revokedAt))),
  );

/**
 * Locks a session, and requires, as `requireRow()`, that it exists, is not revoked and, with
 * `adminId`, belongs to this admin.
 */
export const requireUnrevoked = (tx: Db, id: string, adminId?: string): Query<void> =>
  requireRow(
    tx,
    sql`select 1 from admin_sessions where id = ${id} and revoked_at is null
      and admin_id = coalesce(${adminId ?? null}, admin_id) for update`,
  );

/** Signs the admin out of all sessions except `butFor`. */
export function revokeAdminSessions(tx: Db, adminId: string, butFor?: string): Query<void> {
  const isOther = butFor === undefined ? undefined : ne(adminSessions.id, butFor);
  return noRows(
    tx
      .update(adminSessions)
      .set({ revokedAt: sql`now()` })
      .where(and(eq(adminSessions.adminId, adminId), isNull(adminSessions.revokedAt), isOther)),
  );
}
