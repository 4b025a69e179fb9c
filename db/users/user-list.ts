import { and, eq, isNotNull, isNull, or, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { imapProviders, partnerConnections, partners } from "../partners/tables.ts";
import { users } from "./tables.ts";
import { beginsWith } from "../search.ts";
import { type UserOrder, type UserPosition, toOrdering } from "./user-orders.ts";
import { LAST_EMAIL_AT, LAST_HEARD_AT } from "./user-freshness.ts";
import type { User } from "./users.ts";

/** Selects users that match all of these fields. */
export interface UserSearch {
  /** The beginning of the tag or email address. Upper and lower case do not matter. */
  text?: string | undefined;
  partnerId?: string | undefined;
  connectionId?: string | undefined;
  state?: User["state"] | undefined;
  /** The code of the reason for the state. */
  reason?: string | undefined;
  /** The host of the user's mail server: the user's own, otherwise the provider's. */
  host?: string | undefined;
  /** The code of the provider. */
  provider?: string | undefined;
  archived?: boolean | undefined;
  tracer?: boolean | undefined;
}

export interface UserPage {
  order: UserOrder;
  /** Only users after this position are listed. */
  after: UserPosition | undefined;
  limit: number;
}

const columns = {
  id: users.id,
  tag: users.tag,
  email: users.email,
  state: users.state,
  stateReason: users.stateReason,
  stateChangedAt: users.stateChangedAt,
  lastHeardAt: LAST_HEARD_AT,
  lastLoginAt: users.lastLoginAt,
  lastEmailAt: LAST_EMAIL_AT,
  connectedAt: users.connectedAt,
  archivedAt: users.archivedAt,
  pausedAt: users.pausedAt,
  enableTracer: users.enableTracer,
  deliverTracers: users.deliverTracers,
  createdAt: users.createdAt,
  connectionId: users.connectionId,
  partnerId: partners.id,
  partnerName: partners.name,
  providerCode: imapProviders.code,
};

export type FoundUser = Awaited<ReturnType<typeof searchUsers>>[number];

/** Lists users of all partners in this order. Users with the same sort key are sorted by id. */
export function searchUsers(db: Db, search: UserSearch, { order, after, limit }: UserPage) {
  const { sortKey, isBehind, by } = toOrdering(order);
  const isFound = and(after && isBehind(after), ...toConditions(search));
  const found =
    search.text === undefined
      ? sql`${users} where ${isFound}`
      : sql`(select * from ${users} where ${isFound} ${FENCE}) as users`;
  return db
    .select({ ...columns, sortKey })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(partners, eq(partners.id, partnerConnections.partnerId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(
      sql`${users.id} in (
        select ${users.id} from ${found} order by ${sql.join(by, sql`, `)} limit ${limit}::integer)`,
    )
    .orderBy(...by);
}

/**
 * Makes PostgreSQL find all rows of a subquery before it sorts them. Without it, PostgreSQL reads
 * users in the requested order until a page is full. Tags that begin alike are neighbours in that
 * order, so it may first read nearly all other users.
 */
const FENCE = sql.raw("offset 0");

/** Selects the users that match, for `countUpTo()`. */
export const selectMatchingUsers = (db: Db, search: UserSearch) =>
  db
    .select({ id: users.id })
    .from(users)
    .where(and(...toConditions(search)));

function toConditions(search: UserSearch) {
  const { text, connectionId, state, reason, host, archived, tracer } = search;
  return [
    sql`${users.connectionId} in (${toConnections(search)})`,
    text === undefined ? undefined : or(beginsWith(users.tag, text), beginsWith(users.email, text)),
    connectionId === undefined ? undefined : eq(users.connectionId, connectionId),
    state === undefined ? undefined : eq(users.state, state),
    reason === undefined ? undefined : eq(users.stateReason, reason),
    host === undefined ? undefined : isAtHost(host.toLowerCase()),
    archived === undefined ? undefined : scope[archived ? "archived" : "living"],
    tracer === undefined ? undefined : eq(users.enableTracer, tracer),
  ];
}

/** SQL: the connections of the partner and of the provider, without those that are removed. */
const toConnections = ({ partnerId, provider }: UserSearch) => sql`
  select connection.id from partner_connections as connection
  where connection.removed_at is null
    ${partnerId === undefined ? sql`` : sql`and connection.partner_id = ${partnerId}`}
    ${
      provider === undefined
        ? sql``
        : sql`and connection.provider_id = (select id from imap_providers where code = ${provider})`
    }`;

/** SQL: whether a user's mail server has this host, in lower case: the user's or the provider's. */
const isAtHost = (host: string) => sql`(lower(${users.imapHost}) = ${host} or (
  ${users.imapHost} is null and ${users.connectionId} in (
    select connection.id from partner_connections as connection
    join imap_providers as provider on provider.id = connection.provider_id
    where lower(provider.imap_host) = ${host})))`;

const scope = { archived: isNotNull(users.archivedAt), living: isNull(users.archivedAt) };
