import { sql } from "drizzle-orm";
import type { Db } from "../../../db/client.ts";
import type { Recorded } from "./tally.ts";

export interface Records extends Recorded {
  /** The ids that were passed to readRecords() and are in mail_logs. */
  knownIds: ReadonlySet<string>;
  /** The number of mails by state. The key is `state`, or `state: reason` if there is a reason. */
  byState: Readonly<Record<string, number>>;
}

/** @param ids The webhook ids to look for in mail_logs. */
export async function readRecords(db: Db, ids: readonly string[]): Promise<Records> {
  const { rows } = await db.execute<{ state: string; reason: string | null; mails: number }>(
    sql`select state, reason, count(*)::int as mails from mail_logs group by 1, 2 order by 1, 2`,
  );
  const { rows: skipped } = await db.execute<{ message_id: string }>(
    sql`select distinct message_id from mail_logs
        where state = 'skipped' and reason in ('before_user', 'duplicate_message_id', 'duplicate_sha1') and message_id is not null`,
  );
  const { rows: known } = await db.execute<{ event_id: string }>(
    sql`select event_id from mail_logs
        where event_id in (select jsonb_array_elements_text(${JSON.stringify(ids)}::jsonb))`,
  );
  const inState = (wanted: string) =>
    rows.reduce((sum, { state, mails }) => sum + (state === wanted ? mails : 0), 0);
  return {
    queued: inState("queued"),
    parked: inState("parked"),
    skippedMessageIds: new Set(skipped.map(({ message_id }) => message_id)),
    knownIds: new Set(known.map(({ event_id }) => event_id)),
    byState: Object.fromEntries(
      rows.map(({ state, reason, mails }) => [
        reason === null ? state : `${state}: ${reason}`,
        mails,
      ]),
    ),
  };
}
