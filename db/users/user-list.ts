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
  return db
    .select({ ...columns, sortKey })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(partners, eq(partners.id, partnerConnections.partnerId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(
      and(isNull(partnerConnections.removedAt), after && isBehind(after), ...toConditions(search)),
    )
    .orderBy(...by)
    .limit(limit);
}

/** Selects the users that match, for `countUpTo()`. */
export const selectMatchingUsers = (db: Db, search: UserSearch) =>
  db
    .select({ id: users.id })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(and(isNull(partnerConnections.removedAt), ...toConditions(search)));

function toConditions(search: UserSearch) {
  const { text, partnerId, connectionId, state, reason, host, provider, archived, tracer } = search;
  return [
    text === undefined ? undefined : or(beginsWith(users.tag, text), beginsWith(users.email, text)),
    partnerId === undefined ? undefined : eq(partnerConnections.partnerId, partnerId),
    connectionId === undefined ? undefined : eq(users.connectionId, connectionId),
    state === undefined ? undefined : eq(users.state, state),
    reason === undefined ? undefined : eq(users.stateReason, reason),
    host === undefined ? undefined : eq(USER_HOST, host.toLowerCase()),
    provider === undefined ? undefined : eq(imapProviders.code, provider),
    archived === undefined ? undefined : scope[archived ? "archived" : "living"],
    tracer === undefined ? undefined : eq(users.enableTracer, tracer),
  ];
}

/** SQL: the host of a user's mail server, in lower case. */
const USER_HOST = sql<string>`lower(coalesce(${users.imapHost}, ${imapProviders.imapHost}))`;

const scope = { archived: isNotNull(users.archivedAt), living: isNull(users.archivedAt) };
