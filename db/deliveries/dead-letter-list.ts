import { and, desc, eq, gt, inArray, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { allRows, firstRow, type Query, query, type Ref } from "../query.ts";
import { deadLetters } from "./tables.ts";
import { imapProviders, partnerConnections, partners } from "../partners/tables.ts";
import { users } from "../users/tables.ts";

export const LETTER_STATES = ["waiting", "requested", "redelivered"] as const;
export type LetterState = (typeof LETTER_STATES)[number];

/** Used instead of a partner's id for admins, who see the letters of all partners. */
export const EVERYBODY = Symbol("everybody");
export type LetterOwner = Ref | typeof EVERYBODY;

/** Selects letters that match all of these fields. */
export interface LetterFilter {
  eventId?: string | undefined;
  eventIds?: readonly string[] | undefined;
  userId?: string | undefined;
  providerCode?: string | undefined;
  /** Upper and lower case do not matter, since tags are unique regardless of case. */
  userTag?: string | undefined;
  kind?: string | undefined;
  /** Text that the last error must contain. */
  error?: string | undefined;
  diedAfter?: Date | undefined;
  diedBefore?: Date | undefined;
  state?: LetterState | undefined;
}

/**
 * The last letter of the previous page. Letters are sorted by the time when they became dead
 * letters, newest first.
 */
export interface LetterPosition {
  diedAtMs: number;
  eventId: string;
}

/**
 * SQL: the state of a letter.
 *
 *   waiting      no redelivery was requested, or the last redelivery failed
 *   requested    a redelivery is requested or in progress
 *   redelivered  a redelivery has succeeded
 */
const STATE = sql<LetterState>`case
  when ${deadLetters.redeliveredAt} is not null then 'redelivered'
  when ${deadLetters.redeliverRequestedAt} is not null then 'requested'
  else 'waiting' end`;

const shownColumns = {
  eventId: deadLetters.eventId,
  kind: deadLetters.kind,
  partnerId: deadLetters.partnerId,
  partnerName: partners.name,
  userId: deadLetters.userId,
  userTag: users.tag,
  providerCode: imapProviders.code,
  state: STATE,
  attempts: deadLetters.attempts,
  lastError: deadLetters.lastError,
  diedAt: deadLetters.diedAt,
  unreadable: deadLetters.unreadable,
  redeliverRequestedAt: deadLetters.redeliverRequestedAt,
  redeliveredAt: deadLetters.redeliveredAt,
  redeliveryError: deadLetters.redeliveryError,
};

/**
 * Selects letters with their users. Users are joined with a left join, because an unreadable event
 * has no known user.
 */
const selectLetters = (db: Db) =>
  db
    .select(shownColumns)
    .from(deadLetters)
    .innerJoin(partners, eq(partners.id, deadLetters.partnerId))
    .leftJoin(users, eq(users.id, deadLetters.userId))
    .leftJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .leftJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId));

export type ShownLetter = Awaited<ReturnType<typeof selectLetters>>[number];

/**
 * SQL condition: the letter belongs to this owner and matches this filter. Letters whose deletion
 * was requested, and letters of removed users, never match.
 */
export function areChosen(owner: LetterOwner, filter: LetterFilter): SQL | undefined {
  const { eventId, eventIds, userId, providerCode, userTag, kind } = filter;
  const { error, diedAfter, diedBefore, state } = filter;
  return and(
    owner === EVERYBODY ? undefined : eq(deadLetters.partnerId, owner),
    isNull(deadLetters.deleteRequestedAt),
    isNull(partnerConnections.removedAt),
    eventId === undefined ? undefined : eq(deadLetters.eventId, eventId),
    eventIds && inArray(deadLetters.eventId, [...eventIds]),
    userId === undefined ? undefined : eq(deadLetters.userId, userId),
    providerCode === undefined ? undefined : eq(imapProviders.code, providerCode),
    userTag === undefined ? undefined : eq(sql`lower(${users.tag})`, sql`lower(${userTag})`),
    kind === undefined ? undefined : eq(deadLetters.kind, kind),
    error === undefined ? undefined : sql`strpos(${deadLetters.lastError}, ${error}) > 0`,
    diedAfter && gt(deadLetters.diedAt, diedAfter),
    diedBefore && lt(deadLetters.diedAt, diedBefore),
    state && eq(STATE, state),
  );
}

/**
 * Returns SQL that selects the ids of the owner's letters that match the filter, for use in a
 * statement that changes the letters.
 */
export const selectLetterIds = (owner: LetterOwner, filter: LetterFilter) => sql`(
  select ${deadLetters.eventId} from ${deadLetters}
  left join ${users} on ${users.id} = ${deadLetters.userId}
  left join ${partnerConnections} on ${partnerConnections.id} = ${users.connectionId}
  left join ${imapProviders} on ${imapProviders.id} = ${partnerConnections.providerId}
  where ${areChosen(owner, filter)})`;

export function listDeadLetters(
  db: Db,
  owner: LetterOwner,
  { after, limit }: { after: LetterPosition | undefined; limit: number },
  filter: LetterFilter,
): Query<ShownLetter[]> {
  const isNext = after && isBehind(after);
  return allRows(
    selectLetters(db)
      .where(and(areChosen(owner, filter), isNext))
      .orderBy(desc(deadLetters.diedAt), desc(deadLetters.eventId))
      .limit(limit),
  );
}

function isBehind({ diedAtMs, eventId }: LetterPosition): SQL | undefined {
  const diedAt = new Date(diedAtMs);
  return or(
    lt(deadLetters.diedAt, diedAt),
    and(eq(deadLetters.diedAt, diedAt), lt(deadLetters.eventId, eventId)),
  );
}

export const findDeadLetter = (
  db: Db,
  owner: LetterOwner,
  eventId: string,
): Query<ShownLetter | undefined> =>
  firstRow(selectLetters(db).where(areChosen(owner, { eventId })));

export function countDeadLetters(
  db: Db,
  owner: LetterOwner,
  filter: LetterFilter = {},
): Query<Record<LetterState, number>> {
  const counts = db.execute<Record<LetterState, number>>(sql`
    select count(*) filter (where state = 'waiting')::int as waiting,
           count(*) filter (where state = 'requested')::int as requested,
           count(*) filter (where state = 'redelivered')::int as redelivered
    from (
      select ${STATE} as state from ${deadLetters}
      where ${deadLetters.eventId} in ${selectLetterIds(owner, filter)}) as letter`);
  return query(counts, ({ rows }) => rows[0] ?? { waiting: 0, requested: 0, redelivered: 0 });
}
