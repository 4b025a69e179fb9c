import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";

/**
 * SQL condition: the letter is recorded but not stored in DEAD yet, because it is new or waits for
 * free space in DEAD. Its event is still in EVENTS. Other letters without a message in DEAD have no
 * payload, for example because NATS lost its store.
 */
export const isUnburied = sql`(
  letter.stream_seq is null and letter.letter_bytes is not null and letter.redelivered_at is null
  and (letter.died_at > now() - interval '15 minutes'
    or (letter.died_at > now() - interval '3 days' and exists (
      select 1 from lanes
      where lanes.partner_id = letter.partner_id and lanes.letters_full_at is not null))))`;

/** Sums the bytes of a partner's letters in DEAD, which keeps them for 30 days. */
export async function sumLetterBytes(db: Db, partnerId: string): Promise<number> {
  const { rows } = await db.execute<{ bytes: string }>(sql`
    select coalesce(sum(letter_bytes), 0) as bytes from dead_letters
    where partner_id = ${partnerId} and stream_seq is not null
      and died_at > now() - interval '30 days'`);
  return Number(rows[0]?.bytes ?? 0);
}
