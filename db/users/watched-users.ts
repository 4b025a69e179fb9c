import { and, eq, inArray, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { query } from "../query.ts";
import {
  type IMAP_SECURITIES,
  imapProviders,
  partnerConnections,
  partners,
} from "../partners/tables.ts";
import { userAccounts, userHarms, users } from "./tables.ts";

/** The data of a user for the assignment of users to instances. */
export interface WatchedUserChange {
  userId: string;
  changeSeq: number;
  /** Whether an instance must watch the user. */
  isWatched: boolean;
}

/** SQL condition: the user is living, not paused, and has some kind of credentials. */
export const IS_WATCHED = sql.raw(`(
  users.archived_at is null and users.paused_at is null and (
    (users.login_username is not null and users.sealed_login_password is not null)
    or users.sealed_refresh_token is not null
    or users.sealed_oauth1_token is not null
  )
)`);

/**
 * Reads users that were added, changed or removed since an earlier call, and the position for the
 * next call. No change is missed under concurrent writers: `next` is the position of the oldest
 * running transaction. So the next call also reads rows that are committed later. Some rows are
 * returned twice.
 *
 * @param since The position from the earlier call. 0 reads all users.
 */
export async function readUserChanges(
  db: Db,
  since: number,
): Promise<{ changes: WatchedUserChange[]; next: number }> {
  const { rows } = await db.execute<{ next: string; changes: [string, number, boolean][] }>(sql`
    select change_seq_horizon()::text as next,
           coalesce((
             select jsonb_agg(jsonb_build_array(user_id, change_seq, is_watched))
             from (
               select id as user_id, change_seq,
                      ${IS_WATCHED} as is_watched
               from users where change_seq >= ${since}::bigint
               union all
               select user_id, change_seq, false from removed_users where change_seq >= ${since}::bigint
             ) as change
           ), '[]'::jsonb) as changes`);
  const [row] = rows;
  if (!row) throw new Error("Cannot read user changes: the database returned no rows");
  const changes = row.changes.map(([userId, changeSeq, isWatched]) => ({
    userId,
    changeSeq,
    isWatched,
  }));
  return { changes, next: Number(row.next) };
}

/** When a user is restored, mail that is older than this is not read. */
const RESTORE_WINDOW = sql.raw("interval '30 days'");

/**
 * SQL condition: the user has a mail server of its own, and the provider allows this. Otherwise the
 * provider's server is used.
 */
const ownHost = sql`(${imapProviders.ownHost} and ${users.imapHost} is not null)`;
export const mailHost = sql<string>`case when ${ownHost} then ${users.imapHost} else ${imapProviders.imapHost} end`;
const serverColumns = {
  host: mailHost,
  port: sql<number>`case when ${ownHost} then coalesce(${users.imapPort}, ${imapProviders.imapPort}) else ${imapProviders.imapPort} end`,
  security: sql<
    (typeof IMAP_SECURITIES)[number]
  >`case when ${ownHost} then coalesce(${users.imapSecurity}, ${imapProviders.imapSecurity}) else ${imapProviders.imapSecurity} end`,
  isOwnHost: sql<boolean>`${ownHost}`,
  idleMinutes: imapProviders.idleMinutes,
  loginRate: imapProviders.loginRate,
};

/** Reads the data that the sessions of these users need. Skips users that are no longer watched. */
export function readWatchedUsers(db: Db, userIds: readonly string[]) {
  return db
    .select({
      userId: users.id,
      tag: users.tag,
      partnerId: partnerConnections.partnerId,
      providerCode: imapProviders.code,
      kind: imapProviders.kind,
      ...serverColumns,
      loginUsername: users.loginUsername,
      tokenUsername: users.tokenUsername,
      tokenUsernames: users.tokenUsernames,
      email: users.email,
      saslMechanism: imapProviders.saslMechanism,
      sealedLoginPassword: users.sealedLoginPassword,
      connectionId: users.connectionId,
      clientAt: partnerConnections.clientAt,
      oauth1ConsumerKey: partnerConnections.oauth1ConsumerKey,
      sealedOauth1ConsumerSecret: partnerConnections.sealedOauth1ConsumerSecret,
      sealedOauth1Token: users.sealedOauth1Token,
      credentialsAt: users.credentialsAt,
      enableTracer: users.enableTracer,
      deliverTracers: users.deliverTracers,
      isNew: sql<boolean>`${users.state} = 'new'`,
      hasWorked: sql<boolean>`${users.incidentAt} is null and ${users.lastLoginAt} is not null
        and ${users.lastLoginAt} >= coalesce(${users.credentialsAt}, '-infinity')`,
      accountEpoch: users.accountEpoch,
      harms: userHarms.harms,
      harmedAt: userHarms.harmedAt,
      trialAt: userHarms.trialAt,
      watchFrom:
        sql`greatest(${users.createdAt}, ${users.restoredAt} - ${RESTORE_WINDOW}, ${userAccounts.watchFrom})`.mapWith(
          users.createdAt,
        ),
    })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .leftJoin(
      userAccounts,
      and(eq(userAccounts.userId, users.id), eq(userAccounts.epoch, users.accountEpoch)),
    )
    .leftJoin(userHarms, eq(userHarms.userId, users.id))
    .where(and(inArray(users.id, [...userIds]), IS_WATCHED));
}

/** Reads the mail server of a user's provider, whether or not the user is watched. */
export async function readUserServer(db: Db, userId: string) {
  const [server] = await db
    .select({
      partnerId: partnerConnections.partnerId,
      host: imapProviders.imapHost,
      port: imapProviders.imapPort,
      security: imapProviders.imapSecurity,
      idleMinutes: imapProviders.idleMinutes,
      loginRate: imapProviders.loginRate,
      mayHaveOwnHost: imapProviders.ownHost,
    })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(eq(users.id, userId));
  return server;
}

/**
 * Reads the mail server and the SASL mechanism of a user that logs in with OAuth, whether or not
 * the user is watched.
 */
export async function readUserMailServer(db: Db, userId: string) {
  const [server] = await db
    .select({
      partnerId: partnerConnections.partnerId,
      ...serverColumns,
      saslMechanism: imapProviders.saslMechanism,
    })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(eq(users.id, userId));
  return server;
}

const HAS_NO_MAIL_WEBHOOK = sql`coalesce(${partners.newMailWebhook}, '') = ''`;

/** Lists partners without a webhook for new mail. */
export async function readPartnersWithoutMailWebhook(db: Db): Promise<Set<string>> {
  const rows = await db.select({ id: partners.id }).from(partners).where(HAS_NO_MAIL_WEBHOOK);
  return new Set(rows.map(({ id }) => id));
}

/** Whether a partner has a webhook for new mail. Also true for a removed partner. */
export const hasMailWebhook = compiled<[partnerId: string], boolean>((db, partnerId) =>
  query(
    db
      .select({ id: partners.id })
      .from(partners)
      .where(and(eq(partners.id, partnerId), HAS_NO_MAIL_WEBHOOK)),
    ([without]) => without === undefined,
  ),
);
