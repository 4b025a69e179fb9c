import { and, inArray, isNull, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { deadLetters } from "./tables.ts";

export type NewDeadLetter = Pick<
  typeof deadLetters.$inferSelect,
  | "eventId"
  | "partnerId"
  | "userId"
  | "kind"
  | "attempts"
  | "lastError"
  | "diedAt"
  | "unreadable"
  /**
   * The sequence of the letter's message in the stream DEAD; null when the letter has no message
   * there.
   */
  | "streamSeq"
  /**
   * The size of the letter in DEAD. Until the letter is stored in DEAD, the size of the event's
   * body in BODIES.
   */
  | "letterBytes"
>;

/** SQL: the letter's obsolete sequences and the sequence of its current message in DEAD. */
const withOwnSeq = sql`array_remove(array_append(${deadLetters.obsoleteSeqs}, ${deadLetters.streamSeq}), null)`;

const NO_REQUEST = {
  redeliverRequestedAt: null,
  requeuedAt: null,
  redeliveryError: null,
  leasedUntil: null,
};

/**
 * Records dead letters. If an event becomes a dead letter again, at another time (`diedAt`), its
 * row is overwritten. Recording the same dead letter twice changes nothing.
 */
export async function upsertDeadLetters(tx: Db, rows: readonly NewDeadLetter[]): Promise<void> {
  if (rows.length === 0) return;
  await tx
    .insert(deadLetters)
    .values([...rows])
    .onConflictDoUpdate({
      target: deadLetters.eventId,
      set: {
        ...NO_REQUEST,
        streamSeq: sql`excluded.stream_seq`,
        attempts: sql`excluded.attempts`,
        lastError: sql`excluded.last_error`,
        diedAt: sql`excluded.died_at`,
        unreadable: sql`excluded.unreadable`,
        letterBytes: sql`excluded.letter_bytes`,
        redeliveredAt: null,
        deleteRequestedAt: null,
        // If NATS loses its store, the sequences in DEAD start at 1 again. The new message may then
        // have the sequence of the old message, and must not be deleted as obsolete.
        obsoleteSeqs: sql`array_remove(${withOwnSeq}, excluded.stream_seq)`,
      },
      setWhere: sql`${deadLetters.diedAt} <> excluded.died_at`,
    });
}

/**
 * Stores where recorded letters are in the stream DEAD: the sequence of each letter's message. The
 * sequence is null when the letter could not be stored in DEAD. If the event was delivered
 * meanwhile, its message in DEAD is marked as obsolete.
 */
export async function placeLetters(tx: Db, letters: readonly NewDeadLetter[]): Promise<void> {
  const rows = letters.map(({ eventId, diedAt, streamSeq, letterBytes }) => ({
    event_id: eventId,
    died_at: diedAt,
    stream_seq: streamSeq,
    letter_bytes: letterBytes,
  }));
  if (rows.length === 0) return;
  await tx.execute(sql`
    update dead_letters as letter
    set stream_seq = case when letter.redelivered_at is null then place.stream_seq end,
        letter_bytes = place.letter_bytes,
        obsolete_seqs = case when letter.redelivered_at is null then letter.obsolete_seqs
          else array_remove(array_append(letter.obsolete_seqs, place.stream_seq), null) end
    from json_to_recordset(${JSON.stringify(rows)}) as place (
      event_id text, died_at timestamptz, stream_seq bigint, letter_bytes bigint)
    where letter.event_id = place.event_id and letter.died_at = place.died_at
      and letter.stream_seq is null
      and (place.stream_seq is not null or letter.letter_bytes is not null)`);
}

/** Marks letters as redelivered; their messages in DEAD become obsolete. */
export async function settleDeadLetters(tx: Db, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return;
  await tx
    .update(deadLetters)
    .set({
      ...NO_REQUEST,
      redeliveredAt: sql`now()`,
      streamSeq: null,
      obsoleteSeqs: withOwnSeq,
    })
    .where(and(inArray(deadLetters.eventId, [...eventIds]), isNull(deadLetters.redeliveredAt)));
}

/** A letter whose redelivery failed. */
export interface ReturnedLetter {
  eventId: string;
  /** Why the redelivery failed, as a sentence for the partner. */
  error: string;
}

/**
 * Ends requested redeliveries that are not possible: the letters get the state `waiting` again, and
 * their events the state `dead`. Letters without a requested redelivery are not changed.
 */
export async function returnDeadLetters(tx: Db, letters: readonly ReturnedLetter[]): Promise<void> {
  if (letters.length === 0) return;
  const rows = letters.map(({ eventId, error }) => ({ event_id: eventId, error }));
  await tx.execute(sql`
    with returned as (
      update dead_letters as letter
      set redeliver_requested_at = null, requeued_at = null, leased_until = null,
          redelivery_error = back.error
      from json_to_recordset(${JSON.stringify(rows)}) as back (event_id text, error text)
      where letter.event_id = back.event_id and letter.redeliver_requested_at is not null
      returning letter.event_id, letter.last_error
    ),
    mails as (
      update mail_logs as mail set state = 'dead', reason = returned.last_error
      from returned
      where mail.event_id = returned.event_id and mail.state in ('queued', 'skipped', 'lost')
    )
    update user_events as event set state = 'dead', reason = returned.last_error
    from returned
    where event.event_id = returned.event_id and event.state in ('queued', 'skipped')`);
}
