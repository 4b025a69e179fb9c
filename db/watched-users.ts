import { and, eq, inArray, isNotNull, isNull, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { imapProviders, partnerConnections, partners, users } from "./schema.ts";

/** A user as far as the assignment needs to know. */
export interface UserChange {
  userId: string;
  changeSeq: number;
  /** Living, with credentials, and so to be watched by somebody. */
  isWatched: boolean;
}

/**
 * Users that were added, changed or removed since an earlier call, and where to go on from. Exact
 * under concurrent writers: `next` is the oldest transaction still running, so whatever commits
 * later is seen by the next call; a few rows are seen twice.
 *
 * @param since 0 for all.
 */
export async function readUserChanges(
  db: Db,
  since: number,
): Promise<{ changes: UserChange[]; next: number }> {
  const { rows } = await db.execute<{ next: string; changes: [string, number, boolean][] }>(sql`
    select pg_snapshot_xmin(pg_current_snapshot())::text as next,
           coalesce((
             select jsonb_agg(jsonb_build_array(user_id, change_seq, is_watched))
             from (
               select id as user_id, change_seq,
                      archived_at is null and login_username is not null and sealed_login_password is not null as is_watched
               from users where change_seq >= ${since}::bigint
               union all
               select user_id, change_seq, false from removed_users where change_seq >= ${since}::bigint
             ) as change
           ), '[]'::jsonb) as changes`);
  const [row] = rows;
  if (!row) throw new Error("Cannot read user changes: the database answered nothing");
  const changes = row.changes.map(([userId, changeSeq, isWatched]) => ({
    userId,
    changeSeq,
    isWatched,
  }));
  return { changes, next: Number(row.next) };
}

/** A restored user catches up from when it was archived, but no further back than this. */
const RESTORE_WINDOW = sql.raw("interval '30 days'");

/** What a session needs to know of these users; those that are no longer watched are left out. */
export function readWatchedUsers(db: Db, userIds: readonly string[]) {
  return db
    .select({
      userId: users.id,
      tag: users.tag,
      partnerId: partnerConnections.partnerId,
      providerCode: imapProviders.code,
      host: imapProviders.imapHost,
      port: imapProviders.imapPort,
      security: imapProviders.imapSecurity,
      idleMinutes: imapProviders.idleMinutes,
      loginRate: imapProviders.loginRate,
      username: sql<string>`${users.loginUsername}`,
      sealedPassword: sql<string>`${users.sealedLoginPassword}`,
      watchFrom: sql`greatest(${users.createdAt}, ${users.restoredAt} - ${RESTORE_WINDOW})`.mapWith(
        users.createdAt,
      ),
    })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(
      and(
        inArray(users.id, [...userIds]),
        isNull(users.archivedAt),
        isNotNull(users.loginUsername),
        isNotNull(users.sealedLoginPassword),
      ),
    );
}

/** Partners without a webhook for new mail. */
export async function readPartnersWithoutMailWebhook(db: Db): Promise<Set<string>> {
  const rows = await db
    .select({ id: partners.id })
    .from(partners)
    .where(sql`coalesce(${partners.newMailWebhook}, '') = ''`);
  return new Set(rows.map(({ id }) => id));
}
