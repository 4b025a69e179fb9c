import { and, eq, isNull, lt, ne, sql } from "drizzle-orm";
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

/** The orders of a list of sessions. With `-` in front, the order is descending. */
export const SESSION_ORDERS = [
  "-created",
  "created",
  "-last_seen",
  "last_seen",
  "admin",
  "-admin",
] as const;
type SessionOrder = (typeof SESSION_ORDERS)[number];

export interface SessionPage {
  order: SessionOrder;
  /** Only sessions after the session with this id are listed. */
  after: string | undefined;
  limit: number;
}

const SORT_KEYS = {
  created: sql`${adminSessions.createdAt}`,
  last_seen: sql`${adminSessions.lastSeenAt}`,
  admin: sql`lower(${adminUsers.name})`,
};

const toKey = (order: SessionOrder) => SORT_KEYS[order.replace("-", "") as keyof typeof SORT_KEYS];

/** Lists the sessions that have not ended: of one admin, or of all without `adminId`. */
export function listSessions(
  db: Db,
  adminId: string | undefined,
  { order, after, limit }: SessionPage,
) {
  const key = toKey(order);
  const isDescending = order.startsWith("-");
  const last = sql`(
    select ${key}, admin_sessions.id
    from admin_sessions join admin_users on admin_users.id = admin_sessions.admin_id
    where admin_sessions.id = ${after})`;
  const behind = sql.raw(isDescending ? "<" : ">");
  const direction = sql.raw(isDescending ? "desc" : "asc");
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
    .where(
      and(
        isListed(adminId),
        after === undefined ? undefined : sql`(${key}, ${adminSessions.id}) ${behind} ${last}`,
      ),
    )
    .orderBy(sql`${key} ${direction}`, sql`${adminSessions.id} ${direction}`)
    .limit(limit);
}

/** Selects the sessions that are listed, for `countUpTo()`. */
export const selectListedSessions = (db: Db, adminId: string | undefined) =>
  db.select({ id: adminSessions.id }).from(adminSessions).where(isListed(adminId));

const isListed = (adminId: string | undefined) =>
  and(isLiving, adminId === undefined ? undefined : eq(adminSessions.adminId, adminId));

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
