import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";

/**
 * Sums, for each partner, the bytes of the mail in NATS whose delivery has not ended. This includes
 * mail that waits for free space in DEAD. Partners without such mail are not in the result.
 */
export async function sumQueuedBytes(db: Db): Promise<Map<string, number>> {
  // The stream keeps an event for three days. The search covers these days and a margin of two
  // days, so PostgreSQL skips the partitions of all earlier days.
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

/** Lists the partners whose mail is not read at the moment because their quota is used up. */
export async function readPausedIngest(db: Db): Promise<string[]> {
  const { rows } = await db.execute<{ partner_id: string }>(
    sql`select partner_id from lanes where ingest_paused_at is not null`,
  );
  return rows.map(({ partner_id }) => partner_id);
}

/**
 * Records the partners whose mail is not read because their quota is used up (`paused`), and the
 * partners whose mail is read again (`resumed`).
 */
export async function markIngest(
  db: Db,
  { paused, resumed }: { paused: readonly string[]; resumed: readonly string[] },
): Promise<void> {
  const among = (ids: readonly string[]) =>
    sql`partner_id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`;
  if (resumed.length > 0) {
    await db.execute(sql`update lanes set ingest_paused_at = null where ${among(resumed)}`);
  }
  // A lane has no row before its first report, so this changes nothing for such a lane. The first
  // call after that report marks the lane as paused.
  if (paused.length > 0) {
    await db.execute(sql`
      update lanes set ingest_paused_at = now() where ingest_paused_at is null and ${among(paused)}`);
  }
}
