import { sql } from "drizzle-orm";
import type { EventKind } from "../../shared/users/events.ts";
import type { Db } from "../client.ts";
import { type BoundedCount, countUpTo, MAX_COUNTED } from "../count-up-to.ts";
import type { LaneReport } from "../deliveries/lanes.ts";
import { type TimePage, toDirection } from "../time-position.ts";
import { type EventFilter, type ListedState, toBranches } from "./event-branches.ts";

/** An event of any partner, with its last attempt since it was queued. */
export interface ListedEvent {
  eventId: string;
  /** When it was queued, in the format of `TimePosition.at`. */
  position: string;
  kind: EventKind;
  state: ListedState;
  reason: string | null;
  userId: string;
  userTag: string;
  partnerId: string;
  partnerName: string;
  messageId: string | null;
  sizeBytes: number | null;
  /** The last attempt since the event was queued; null before the first. */
  lastAttempt: LastAttempt | null;
  /** The state of the partner's deliveries; `unreported` when no instance has reported it lately. */
  laneState: LaneReport["state"] | "unreported";
  openUntilMs: number | null;
}

/** A time is in Unix ms. */
export interface LastAttempt {
  attempt: number;
  status: number | null;
  error: string | null;
  answer: string | null;
  outcome: "delivered" | "archived" | "retry" | "held" | "dead";
  attemptedAtMs: number;
  nextAttemptAtMs: number | null;
}

interface ListedRow extends Record<string, unknown> {
  event_id: string;
  position: string;
  kind: EventKind;
  state: ListedState;
  reason: string | null;
  user_id: string;
  user_tag: string;
  partner_id: string;
  partner_name: string;
  message_id: string | null;
  size_bytes: string | null;
  last_attempt: LastAttempt | null;
  lane_state: ListedEvent["laneState"];
  open_until_ms: number | null;
}

/** Lists events of all partners by the time when they were queued. */
export async function listEvents(
  db: Db,
  page: TimePage,
  filter: EventFilter,
): Promise<ListedEvent[]> {
  const branches = toBranches(filter, page);
  if (branches.length === 0) return [];
  const { order } = toDirection(page);
  const { rows } = await db.execute<ListedRow>(sql`
    with found as (
      select distinct on (at, event_id) * from (${sql.join(branches, sql` union all `)}) as branch
      order by at ${order}, event_id ${order} limit ${page.limit}::integer
    )
    select found.event_id, found.kind, found.state, found.reason, found.user_id, found.partner_id,
           found.message_id, found.size_bytes::text, users.tag as user_tag, partners.name as partner_name,
           to_char(found.at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position,
           last.attempt as last_attempt,
           case when partners.paused_at is not null then 'paused'
                when lanes.reported_at > now() - interval '90 seconds' then lanes.state
                else 'unreported' end as lane_state,
           floor(extract(epoch from lanes.open_until) * 1000)::float8 as open_until_ms
    from found
    join users on users.id = found.user_id
    join partners on partners.id = found.partner_id
    left join lanes on lanes.partner_id = found.partner_id
    left join lateral (
      select json_build_object(
        'attempt', attempt, 'status', status, 'error', error, 'answer', answer, 'outcome', outcome,
        'attemptedAtMs', floor(extract(epoch from attempted_at) * 1000)::float8,
        'nextAttemptAtMs', floor(extract(epoch from next_attempt_at) * 1000)::float8) as attempt
      from transmit_logs as log
      -- An attempt may precede the record of its mail by a moment.
      where log.event_id = found.event_id and log.attempted_at > found.at - interval '1 minute'
      order by attempted_at desc limit 1
    ) as last on true
    order by found.at ${order}, found.event_id ${order}`);
  return rows.map(toListed);
}

/** Counts the events that match, up to a limit. */
export function countEvents(db: Db, filter: EventFilter): Promise<BoundedCount> {
  const branches = toBranches(filter, { after: undefined, limit: MAX_COUNTED + 1 });
  if (branches.length === 0) return Promise.resolve({ count: 0, is_more: false });
  const found = sql`(${sql.join(branches, sql` union all `)}) as branch`;
  return countUpTo(db, sql`select distinct at, event_id from ${found}`);
}

const toListed = (row: ListedRow): ListedEvent => ({
  eventId: row.event_id,
  position: row.position,
  kind: row.kind,
  state: row.state,
  reason: row.reason,
  userId: row.user_id,
  userTag: row.user_tag,
  partnerId: row.partner_id,
  partnerName: row.partner_name,
  messageId: row.message_id,
  sizeBytes: row.size_bytes === null ? null : Number(row.size_bytes),
  lastAttempt: row.last_attempt,
  laneState: row.lane_state,
  openUntilMs: row.open_until_ms,
});
