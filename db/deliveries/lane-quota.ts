import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";

/**
 * How many bytes of each partner's mail lie in NATS until they come to an end, those too that wait for
 * room in DEAD; partners without any are left out.
 */
export async function sumQueuedBytes(db: Db): Promise<Map<string, number>> {
  // An event lives three days in its stream: older partitions need not be searched.
  const { rows } = await db.execute<{ partner_id: string; bytes: string }>(sql`
    select partner_id, sum(bytes) as bytes from (
      select partner_id, size_bytes as bytes from mail_logs
      where state = 'queued' and reason is distinct from 'oversize'
        and recorded_at > now() - interval '5 days'
      union all
      select letter.partner_id, letter.letter_bytes from lanes
      join dead_letters as letter on letter.partner_id = lanes.partner_id
      where lanes.letters_full_at is not null and letter.stream_seq is null
        and letter.letter_bytes is not null and letter.redelivered_at is null
        and letter.died_at > now() - interval '3 days'
    ) as waiting
    group by partner_id`);
  return new Map(rows.map(({ partner_id, bytes }) => [partner_id, Number(bytes)]));
}

/** The partners whose ingest their quota has paused. */
export async function readPausedIngest(db: Db): Promise<string[]> {
  const { rows } = await db.execute<{ partner_id: string }>(
    sql`select partner_id from lanes where ingest_paused_at is not null`,
  );
  return rows.map(({ partner_id }) => partner_id);
}

/** Writes down whose ingest is paused, since when, and whose no longer. */
export async function markIngest(
  db: Db,
  { paused, resumed }: { paused: readonly string[]; resumed: readonly string[] },
): Promise<void> {
  const among = (ids: readonly string[]) =>
    sql`partner_id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;
  if (resumed.length > 0) {
    await db.execute(sql`update lanes set ingest_paused_at = null where ${among(resumed)}`);
  }
  // A lane that nobody has reported yet has no row: it is marked as soon as it has.
  if (paused.length > 0) {
    await db.execute(sql`
      update lanes set ingest_paused_at = now() where ingest_paused_at is null and ${among(paused)}`);
  }
}
