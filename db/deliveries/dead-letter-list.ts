import { and, desc, eq, gt, inArray, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { deadLetters } from "./tables.ts";
import { imapProviders, partnerConnections, partners } from "../partners/tables.ts";
import { users } from "../users/tables.ts";

export const LETTER_STATES = ["waiting", "requested", "redelivered"] as const;
export type LetterState = (typeof LETTER_STATES)[number];

/** In place of a partner's id: admins see the letters of all. */
export const EVERYBODY = Symbol("everybody");
export type LetterOwner = string | typeof EVERYBODY;

/** Only letters of which all of these are true. */
export interface LetterFilter {
  eventId?: string | undefined;
  eventIds?: readonly string[] | undefined;
  userId?: string | undefined;
  providerCode?: string | undefined;
  /** In any case, as tags are unique. */
  userTag?: string | undefined;
  kind?: string | undefined;
  /** Occurs in the last error. */
  error?: string | undefined;
  diedAfter?: Date | undefined;
  diedBefore?: Date | undefined;
  state?: LetterState | undefined;
}

/** Where a reader of the list stands: behind this letter. The newest deaths come first. */
export interface LetterPosition {
  diedAtMs: number;
  eventId: string;
}

/**
 * waiting:      nobody asked for anything
 * requested:    to be delivered again, or on its way
 * redelivered:  delivered at last
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

/** Of an event that cannot be read, the user may be nobody. */
const selectLetters = (db: Db) =>
  db
    .select(shownColumns)
    .from(deadLetters)
    .innerJoin(partners, eq(partners.id, deadLetters.partnerId))
    .leftJoin(users, eq(users.id, deadLetters.userId))
    .leftJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .leftJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId));

export type ShownLetter = Awaited<ReturnType<typeof selectLetters>>[number];

/** Letters, but for those that are to be deleted, and of removed users. */
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

/** The ids of these letters, for a statement that changes them. */
export const letterIdsOf = (owner: LetterOwner, filter: LetterFilter) => sql`(
  select ${deadLetters.eventId} from ${deadLetters}
  left join ${users} on ${users.id} = ${deadLetters.userId}
  left join ${partnerConnections} on ${partnerConnections.id} = ${users.connectionId}
  left join ${imapProviders} on ${imapProviders.id} = ${partnerConnections.providerId}
  where ${areChosen(owner, filter)})`;

/** The partners of which there are such letters. */
export async function listLetterOwners(db: Db, filter: LetterFilter): Promise<string[]> {
  const { rows } = await db.execute<{ partner_id: string }>(sql`
    select distinct ${deadLetters.partnerId} as partner_id from ${deadLetters}
    where ${deadLetters.eventId} in ${letterIdsOf(EVERYBODY, filter)} order by 1`);
  return rows.map(({ partner_id }) => partner_id);
}

export function listDeadLetters(
  db: Db,
  owner: LetterOwner,
  { after, limit }: { after: LetterPosition | undefined; limit: number },
  filter: LetterFilter,
): Promise<ShownLetter[]> {
  const isNext = after && isBehind(after);
  return selectLetters(db)
    .where(and(areChosen(owner, filter), isNext))
    .orderBy(desc(deadLetters.diedAt), desc(deadLetters.eventId))
    .limit(limit);
}

function isBehind({ diedAtMs, eventId }: LetterPosition): SQL | undefined {
  const diedAt = new Date(diedAtMs);
  return or(
    lt(deadLetters.diedAt, diedAt),
    and(eq(deadLetters.diedAt, diedAt), lt(deadLetters.eventId, eventId)),
  );
}

export async function findDeadLetter(
  db: Db,
  owner: LetterOwner,
  eventId: string,
): Promise<ShownLetter | undefined> {
  const [letter] = await selectLetters(db).where(areChosen(owner, { eventId }));
  return letter;
}

export async function countDeadLetters(
  db: Db,
  owner: LetterOwner,
  filter: LetterFilter = {},
): Promise<Record<LetterState, number>> {
  const { rows } = await db.execute<Record<LetterState, number>>(sql`
    select count(*) filter (where state = 'waiting')::int as waiting,
           count(*) filter (where state = 'requested')::int as requested,
           count(*) filter (where state = 'redelivered')::int as redelivered
    from (
      select ${STATE} as state from ${deadLetters}
      where ${deadLetters.eventId} in ${letterIdsOf(owner, filter)}) as letter`);
  return rows[0] ?? { waiting: 0, requested: 0, redelivered: 0 };
}
