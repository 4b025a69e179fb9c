import { type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { type BoundedCount, countUpTo } from "../count-up-to.ts";
import { type TimePage, toDirection } from "../time-position.ts";
import type { transmitLogs } from "./tables.ts";

type Outcome = typeof transmitLogs.$inferSelect.outcome;

/** Selects attempts that match all of these fields. */
export interface AttemptFilter {
  partnerId?: string | undefined;
  userId?: string | undefined;
  since?: Date | undefined;
  until?: Date | undefined;
  /** HTTP statuses from `from` to `to`, or null: no answer. */
  status?: { from: number; to: number } | null | undefined;
  /** The host of the endpoint, in lower case, with its port if the address has one. */
  host?: string | undefined;
}

/** An attempt of any partner. */
export interface ListedAttempt {
  eventId: string;
  /** When it began, in the format of `TimePosition.at`. */
  position: string;
  kind: string;
  status: number | null;
  error: string | null;
  durationMs: number;
  outcome: Outcome;
  /** The address of the endpoint without secrets; null when it was not recorded. */
  url: string | null;
  partnerId: string;
  partnerName: string;
  userId: string;
  userTag: string | null;
}

/** Lists attempts of all partners by the time when they began, and counts them up to a limit. */
export async function listAllAttempts(
  db: Db,
  page: TimePage,
  filter: AttemptFilter,
): Promise<{ attempts: ListedAttempt[]; total: BoundedCount }> {
  const { host } = filter;
  // The planner knows how many attempts a partner has only if the statement contains its id.
  const partnerIds = host === undefined ? [] : await findPartnersAt(db, host);
  if (host !== undefined && partnerIds.length === 0) {
    return { attempts: [], total: { count: 0, is_more: false } };
  }
  const isAsked = [
    sql`true`,
    ...toConditions(filter),
    ...(host === undefined ? [] : [toHost(host, partnerIds)]),
  ];
  const total = await countUpTo(
    db,
    sql`select 1 from transmit_logs where ${sql.join(isAsked, sql` and `)}`,
  );
  return { attempts: await readPage(db, page, isAsked), total };
}

async function readPage(db: Db, page: TimePage, isAsked: readonly SQL[]): Promise<ListedAttempt[]> {
  const { order, behind } = toDirection(page);
  const { after } = page;
  const isBehind = after
    ? sql`(attempted_at, event_id) ${behind} (${after.at}::timestamptz, ${after.id}::text)`
    : sql`true`;
  const { rows } = await db.execute<ListedAttempt & Record<string, unknown>>(sql`
    with found as (
      select event_id, attempted_at, partner_id, user_id, status, error, duration_ms, outcome,
             request ->> 'url' as url
      from transmit_logs as log
      where ${sql.join([isBehind, ...isAsked], sql` and `)}
      order by attempted_at ${order}, event_id ${order} limit ${page.limit}::integer
    )
    select found.event_id as "eventId", status, error, duration_ms as "durationMs", outcome, url,
           to_char(attempted_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as position,
           coalesce(user_events.kind, 'new_mail') as kind, found.partner_id as "partnerId",
           partners.name as "partnerName", found.user_id as "userId", users.tag as "userTag"
    from found
    join partners on partners.id = found.partner_id
    left join users on users.id = found.user_id
    left join user_events on user_events.event_id = found.event_id
    order by attempted_at ${order}, found.event_id ${order}`);
  return rows;
}

function toConditions(filter: AttemptFilter): SQL[] {
  const { partnerId, userId, since, until, status } = filter;
  const conditions = [
    partnerId === undefined ? undefined : sql`partner_id = ${partnerId}`,
    userId === undefined ? undefined : sql`user_id = ${userId}`,
    since && sql`attempted_at >= ${since.toISOString()}::timestamptz`,
    until && sql`attempted_at < ${until.toISOString()}::timestamptz`,
    toStatus(status),
  ];
  return conditions.filter((condition) => condition !== undefined);
}

/** Statuses other than 200 are read with an index of their own: attempts with them are few. */
function toStatus(status: AttemptFilter["status"]): SQL | undefined {
  if (status === undefined) return undefined;
  if (status === null) return sql`outcome <> 'delivered' and status is null`;
  const { from, to } = status;
  const isIn =
    from === to
      ? sql`status = ${from}::integer`
      : sql`status between ${from}::integer and ${to}::integer`;
  return from >= 300 ? sql`outcome <> 'delivered' and ${isIn}` : isIn;
}

/** How many partners with a webhook at the same host are searched. */
const MAX_PARTNERS = 1_000;

/** Finds the partners that have a webhook at this host. */
async function findPartnersAt(db: Db, host: string): Promise<string[]> {
  const { rows } = await db.execute<{ id: string }>(sql`
    select id from partners
    where ${isAt(sql`new_mail_webhook`, host)} or ${isAt(sql`user_connected_webhook`, host)}
      or ${isAt(sql`user_disconnected_webhook`, host)} or ${isAt(sql`user_auth_failed_webhook`, host)}
    limit ${MAX_PARTNERS}::integer`);
  return rows.map(({ id }) => id);
}

/**
 * Only these partners are searched, with the index of partners. An attempt whose address was not
 * recorded belongs to the host if its partner has a webhook there.
 */
const toHost = (host: string, partnerIds: readonly string[]) => sql`
  partner_id in (${sql.join(
    partnerIds.map((id) => sql`${id}`),
    sql`, `,
  )})
  and (request is null or ${isAt(sql`request ->> 'url'`, host)})`;

/** The authority of a URL without the user, as RFC 3986, 3.2 writes it. */
const isAt = (url: SQL, host: string) =>
  sql`lower(substring(${url} from '^https?://(?:[^/?#]*@)?([^/?#]*)')) = ${host}`;
