import { sql } from "drizzle-orm";
import type { Db } from "../client.ts";

/** The position of a row of `seen` when the rows are sorted by age. */
export interface MemoryPosition {
  seenAt: string;
  eventId: string;
}

export interface ForgottenPage {
  deleted: number;
  /** The position of the next page; null when there is no next page. */
  next: MemoryPosition | null;
}

/**
 * Mail from the seven days before the last mail of the user's least active mailbox (the mailbox
 * whose last mail is the oldest) may be read again. So rows of `seen` from these days or later are
 * kept. The seven days are three plus four:
 *
 * - Three days: when UIDVALIDITY or the account changes, the mail of the two days before the last
 *   mail is read again. SEARCH knows only whole days, so mail of a third day may be read, too.
 * - Four days: two clocks may differ. Our clock sets seen_at, and the mail server's clock sets the
 *   internal date.
 */
const REREAD = sql.raw("interval '7 days'");

interface PageRow extends Record<string, unknown> {
  looked: number;
  deleted: number;
  seen_at: string | null;
  event_id: string | null;
}

/**
 * Checks up to `limit` rows of `seen` that are older than `days`, and deletes the rows of mail that
 * will not be read again.
 *
 * Each user has a date from which its mail may be read again: `REREAD` before the last mail of the
 * user's least active mailbox, or `REREAD` before the user's oldest parked mail, whichever is
 * earlier. Rows that are newer than this date are kept.
 */
export async function forgetSeen(
  db: Db,
  { days, limit, after }: { days: number; limit: number; after: MemoryPosition | null },
): Promise<ForgottenPage> {
  const { rows } = await db.execute<PageRow>(sql`
    with old as (
      select event_id, user_id, seen_at from seen
      where seen_at < now() - ${days}::float8 * interval '1 day'
        and seen_at >= coalesce(${after?.seenAt ?? null}::timestamptz, '-infinity')
        and (seen_at, event_id)
          > (coalesce(${after?.seenAt ?? null}::timestamptz, '-infinity'), ${after?.eventId ?? ""})
      order by seen_at, event_id limit ${limit}
    ),
    bounds as (
      select user_id, least(
          (select min(coalesce(last_internal_date, '-infinity')) from cursors
           where cursors.user_id = owners.user_id),
          (select min(internal_date) from parked_mails where parked_mails.user_id = owners.user_id)
        ) - ${REREAD} as until
      from (select distinct user_id from old) as owners
      where exists (select 1 from cursors where cursors.user_id = owners.user_id)
    ),
    deleted as (
      delete from seen using old join bounds using (user_id)
      where seen.event_id = old.event_id and old.seen_at < bounds.until
      returning 1
    ),
    last as (select * from old order by seen_at desc, event_id desc limit 1)
    select (select count(*)::int from old) as looked, (select count(*)::int from deleted) as deleted,
           (select seen_at::text from last) as seen_at, (select event_id from last) as event_id`);
  const [row] = rows;
  if (!row) throw new Error("Cannot forget old mails: the database returned no rows");
  const { looked, deleted, seen_at: seenAt, event_id: eventId } = row;
  const isLast = looked < limit || seenAt === null || eventId === null;
  return { deleted, next: isLast ? null : { seenAt, eventId } };
}
