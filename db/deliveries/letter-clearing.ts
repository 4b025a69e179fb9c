import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { isUnburied } from "./letter-bytes.ts";
import { leaseEnd } from "../removal/purges.ts";

/**
 * A letter whose obsolete messages must be deleted from DEAD, or that must be deleted completely.
 */
export interface ObsoleteLetter {
  eventId: string;
  partnerId: string;
  userId: string;
  /** The sequences of the messages to delete from DEAD. */
  seqs: readonly number[];
  /** Whether the letter itself is also to be deleted. */
  isDeleted: boolean;
}

interface ObsoleteRow extends Record<string, unknown> {
  event_id: string;
  partner_id: string;
  user_id: string;
  seqs: number[];
  is_deleted: boolean;
}

/**
 * Claims, for `leaseMs`, letters whose obsolete messages must be deleted from DEAD, and letters
 * whose deletion was requested. Skips letters that are already claimed or still wait for free space
 * in DEAD.
 */
export async function claimObsolete(
  db: Db,
  { limit, leaseMs }: { limit: number; leaseMs: number },
): Promise<ObsoleteLetter[]> {
  const { rows } = await db.execute<ObsoleteRow>(sql`
    update dead_letters set leased_until = ${leaseEnd(leaseMs)}
    where event_id in (
      select event_id from dead_letters as letter
      where (delete_requested_at is not null or obsolete_seqs <> '{}')
        and (leased_until is null or leased_until <= now()) and not ${isUnburied}
      order by event_id limit ${limit} for update skip locked)
    returning event_id, partner_id, user_id, delete_requested_at is not null as is_deleted,
              to_jsonb(case when delete_requested_at is null then obsolete_seqs
                else array_remove(array_append(obsolete_seqs, stream_seq), null) end) as seqs`);
  return rows.map((row) => ({
    eventId: row.event_id,
    partnerId: row.partner_id,
    userId: row.user_id,
    seqs: row.seqs,
    isDeleted: row.is_deleted,
  }));
}

/**
 * Records that the messages were deleted from DEAD: removes their sequences from the letters.
 * Deletes the letters whose deletion was requested; their mails keep the state `dead`. A letter
 * that was stored in DEAD again meanwhile is not deleted.
 */
export async function clearLetters(db: Db, letters: readonly ObsoleteLetter[]): Promise<void> {
  const rows = letters.map(({ eventId, seqs }) => ({ event_id: eventId, seqs }));
  await db.execute(sql`
    with cleared as (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as cleared (event_id text, seqs bigint[])
    ),
    deleted as (
      delete from dead_letters as letter using cleared
      where letter.event_id = cleared.event_id and letter.delete_requested_at is not null
        and (letter.stream_seq is null or letter.stream_seq = any (cleared.seqs))
      returning letter.event_id
    ),
    kept as (
      update dead_letters as letter
      set leased_until = null,
          obsolete_seqs = array(select unnest(letter.obsolete_seqs) except select unnest(cleared.seqs))
      from cleared
      where letter.event_id = cleared.event_id and letter.delete_requested_at is null
    ),
    mails as (
      update mail_logs as mail set reason = concat_ws('; ', mail.reason, 'its dead letter was deleted')
      from deleted where mail.event_id = deleted.event_id and mail.state = 'dead'
    )
    update user_events as event set reason = concat_ws('; ', event.reason, 'its dead letter was deleted')
    from deleted where event.event_id = deleted.event_id and event.state = 'dead'`);
}
