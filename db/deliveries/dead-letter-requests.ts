import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import { recordAudit } from "../admin/audit-log.ts";
import type { Db } from "../client.ts";
import { type LetterFilter, letterIdsOf } from "./dead-letter-list.ts";
import { enqueuePartnerChanged } from "../mail/outbox.ts";
import { deadLetters } from "./tables.ts";

export interface LetterRequest {
  partnerId: string;
  /** Which of the partner's letters: all, if it names nothing. */
  filter: LetterFilter;
  /** Who asks, as the audit log names it: `partner:<id>`, `admin:<id>`. */
  actor: string;
}

/** An event lives three days in its stream: one that was queued again longer ago has been lost. */
const isNotUnderWay = or(
  isNull(deadLetters.redeliverRequestedAt),
  lt(deadLetters.requeuedAt, sql`now() - interval '3 days'`),
);

const isChosen = ({ partnerId, filter }: LetterRequest) =>
  sql`${deadLetters.eventId} in ${letterIdsOf(partnerId, filter)}`;

/**
 * Asks the fleet to deliver letters again; commits with a poke. Left out are those that were asked
 * for already or delivered at last, and those whose event cannot be read.
 *
 * @returns how many were asked for.
 */
export async function requestRedelivery(tx: Db, request: LetterRequest): Promise<number> {
  const { rowCount } = await tx
    .update(deadLetters)
    .set({
      // To the millisecond, as it stands in message ids.
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
 * Asks the fleet to delete letters with their payloads; commits with a poke. They are out of the
 * partner's sight at once.
 *
 * @returns how many there were.
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
