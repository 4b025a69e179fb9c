import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import { recordAudit } from "../admin/audit-log.ts";
import type { Db } from "../client.ts";
import { readServerTime, requireCount } from "../conditions.ts";
import { allRows, noRows, type Query, query, type Ref, runInOrder } from "../query.ts";
import { type LetterFilter, type LetterOwner, selectLetterIds } from "./dead-letter-list.ts";
import { enqueuePartnerChanged } from "../mail/outbox.ts";
import { deadLetters } from "./tables.ts";

export interface LetterRequest {
  partnerId: string;
  /** Selects some of the partner's letters; an empty filter selects all of them. */
  filter: LetterFilter;
  /** The actor of the request, as in the audit log: `partner:<id>`, `admin:<id>`. */
  actor: string;
}

/**
 * SQL condition: no redelivery of the letter is in progress. A redelivery whose event was queued
 * more than three days ago does not count: the stream keeps an event for only three days, so the
 * event is lost.
 */
const isNotUnderWay = or(
  isNull(deadLetters.redeliverRequestedAt),
  lt(deadLetters.requeuedAt, sql`now() - interval '3 days'`),
);

type Meant = { partnerId: LetterOwner; filter: LetterFilter };

const isChosen = ({ partnerId, filter }: Meant) =>
  sql`${deadLetters.eventId} in ${selectLetterIds(partnerId, filter)}`;

export type LetterAction = "redelivery" | "deletion";

/** SQL condition: letters that a request changes. */
const areMeant = (action: LetterAction, request: Meant) =>
  action === "deletion"
    ? isChosen(request)
    : and(
        isChosen(request),
        isNull(deadLetters.redeliveredAt),
        eq(deadLetters.unreadable, false),
        isNotUnderWay,
      );

const NOTES: Record<LetterAction, string> = {
  redelivery: "dead_letters.redelivery_requested",
  deletion: "dead_letters.deletion_requested",
};

/**
 * Requests a redelivery of letters, and notifies the fleet in the same transaction. Skips letters
 * whose redelivery is in progress (see `isNotUnderWay`) or has succeeded, and letters whose event
 * cannot be read.
 *
 * @returns How many redeliveries were requested.
 */
export const requestRedelivery = (tx: Db, request: LetterRequest): Promise<number> =>
  carryOut(tx, "redelivery", request);

/**
 * Requests that letters and their payloads are deleted, and notifies the fleet in the same
 * transaction. From now on the partner does not see these letters.
 *
 * @returns How many letters will be deleted.
 */
export const requestDeletion = (tx: Db, request: LetterRequest): Promise<number> =>
  carryOut(tx, "deletion", request);

async function carryOut(tx: Db, action: LetterAction, request: LetterRequest): Promise<number> {
  const { rowCount } = await change(tx, action, request, await readServerTime(tx));
  const letters = rowCount ?? 0;
  await runInOrder(toNotes(tx, action, { ...request, letters }));
  return letters;
}

/** Locks letters until the transaction ends. */
export const lockChosenLetters = (
  tx: Db,
  { owner, filter }: { owner: LetterOwner; filter: LetterFilter },
): Query<void> =>
  noRows(
    tx
      .select({ id: deadLetters.eventId })
      .from(deadLetters)
      .where(isChosen({ partnerId: owner, filter }))
      .orderBy(deadLetters.eventId)
      .for("update"),
  );

/** Counts the letters that a request would change. */
export const countMeantLetters = (
  db: Db,
  action: LetterAction,
  { owner, filter }: { owner: Ref; filter: LetterFilter },
): Query<number> =>
  query(
    db
      .select({ count: sql<number>`count(*)::int` })
      .from(deadLetters)
      .where(areMeant(action, { partnerId: owner, filter })),
    ([row]) => row?.count ?? 0,
  );

/** Like `countMeantLetters()`, for each partner that has such letters. */
export const countMeantByPartner = (
  db: Db,
  action: LetterAction,
  { owner, filter }: { owner: LetterOwner; filter: LetterFilter },
): Query<{ partnerId: string; letters: number }[]> =>
  allRows(
    db
      .select({ partnerId: deadLetters.partnerId, letters: sql<number>`count(*)::int` })
      .from(deadLetters)
      .where(areMeant(action, { partnerId: owner, filter }))
      .groupBy(deadLetters.partnerId)
      .orderBy(deadLetters.partnerId),
  );

/**
 * Returns the queries of a request for letters that were counted before. They require, as
 * `requireRow()`, that the number of letters is the same.
 *
 * @param at The time of the request, in whole milliseconds.
 */
export const toLetterQueries = (
  tx: Db,
  action: LetterAction,
  { at, ...request }: CountedRequest & { at: Date },
): readonly Query<void>[] =>
  request.letters === 0
    ? []
    : [
        requireCount(
          tx,
          change(tx, action, request, at).returning({ id: deadLetters.eventId }),
          request.letters,
        ),
        ...toNotes(tx, action, request),
      ];

type CountedRequest = LetterRequest & { letters: number };

const change = (tx: Db, action: LetterAction, request: Meant, at: Date) =>
  tx
    .update(deadLetters)
    .set(
      action === "deletion"
        ? { deleteRequestedAt: at }
        : // The ids of the redelivery's messages contain this time in milliseconds.
          { redeliverRequestedAt: at, requeuedAt: null, redeliveryError: null },
    )
    .where(areMeant(action, request));

const toNotes = (
  tx: Db,
  action: LetterAction,
  { partnerId, filter: { eventId }, actor, letters }: CountedRequest,
): readonly Query<void>[] =>
  letters === 0
    ? []
    : [
        recordAudit(tx, {
          actor,
          action: NOTES[action],
          subjectType: "partner",
          subjectId: partnerId,
          details: { letters, ...(eventId !== undefined && { event_id: eventId }) },
        }),
        enqueuePartnerChanged(tx, partnerId),
      ];
