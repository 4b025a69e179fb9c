import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import { recordAudit } from "../admin/audit-log.ts";
import type { Db } from "../client.ts";
import { type LetterFilter, selectLetterIds } from "./dead-letter-list.ts";
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

const isChosen = ({ partnerId, filter }: LetterRequest) =>
  sql`${deadLetters.eventId} in ${selectLetterIds(partnerId, filter)}`;

/**
 * Requests a redelivery of letters, and notifies the fleet in the same transaction. Skips letters
 * whose redelivery is in progress (see `isNotUnderWay`) or has succeeded, and letters whose event
 * cannot be read.
 *
 * @returns How many redeliveries were requested.
 */
export async function requestRedelivery(tx: Db, request: LetterRequest): Promise<number> {
  const { rowCount } = await tx
    .update(deadLetters)
    .set({
      // Truncated to milliseconds, because the ids of the redelivery's messages contain this time
      // in milliseconds.
      redeliverRequestedAt: sql`date_trunc('milliseconds', now())`,
      requeuedAt: null,
      redeliveryError: null,
    })
    .where(
      and(
        isChosen(request),
        isNull(deadLetters.redeliveredAt),
        eq(deadLetters.unreadable, false),
        isNotUnderWay,
      ),
    );
  return note(tx, request, "dead_letters.redelivery_requested", rowCount ?? 0);
}

/**
 * Requests that letters and their payloads are deleted, and notifies the fleet in the same
 * transaction. From now on the partner does not see these letters.
 *
 * @returns How many letters will be deleted.
 */
export async function requestDeletion(tx: Db, request: LetterRequest): Promise<number> {
  const { rowCount } = await tx
    .update(deadLetters)
    .set({ deleteRequestedAt: sql`now()` })
    .where(isChosen(request));
  return note(tx, request, "dead_letters.deletion_requested", rowCount ?? 0);
}

async function note(
  tx: Db,
  { partnerId, filter, actor }: LetterRequest,
  action: string,
  letters: number,
): Promise<number> {
  if (letters === 0) return 0;
  const { eventId } = filter;
  const details = { letters, ...(eventId !== undefined && { event_id: eventId }) };
  await recordAudit(tx, { actor, action, subjectType: "partner", subjectId: partnerId, details });
  await enqueuePartnerChanged(tx, partnerId);
  return letters;
}
