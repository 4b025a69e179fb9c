import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, type SQL, sql } from "drizzle-orm";
import type { PartnerTrouble } from "../../shared/health/partner-troubles.ts";
import type { UserState } from "../../shared/users/user-states.ts";
import type { Db } from "../client.ts";
import { firstRow, type Query, type Ref } from "../query.ts";
import { isCurrent } from "../deliveries/lanes.ts";
import { storedWebhookColumns } from "./partner-webhooks.ts";
import { lanes } from "../deliveries/tables.ts";
import { partnerVersion } from "./partner-version.ts";
import { partnerConnections, partners } from "./tables.ts";
import { users } from "../users/tables.ts";
import { beginsWith } from "../search.ts";

/** All columns of a partner except its keys and its logo. */
const columns = {
  id: partners.id,
  name: partners.name,
  successUrl: partners.successUrl,
  failureUrl: partners.failureUrl,
  allowedOrigins: partners.allowedOrigins,
  ...storedWebhookColumns,
  payloadFormat: partners.payloadFormat,
  ordered: partners.ordered,
  allowPlainHttp: partners.allowPlainHttp,
  pausedAt: partners.pausedAt,
  pausedReason: partners.pausedReason,
  removedAt: partners.removedAt,
  createdAt: partners.createdAt,
  privacyUrl: partners.privacyUrl,
  termsUrl: partners.termsUrl,
  websiteUrl: partners.websiteUrl,
  accentColor: partners.accentColor,
  logoDigest: partners.logoDigest,
  consentPage: partners.consentPage,
  providerChoice: partners.providerChoice,
};

export type Partner = Pick<typeof partners.$inferSelect, keyof typeof columns>;

const selectPartners = (db: Db) =>
  db
    .select({ partner: columns, lane: lanes, isCurrent, version: partnerVersion })
    .from(partners)
    .leftJoin(lanes, eq(lanes.partnerId, partners.id));

/** A partner, the state of its lane, and the version of its row. */
export type ListedPartner = Awaited<ReturnType<typeof listPartners>>[number];

/** The troubles that the columns of a partner and its lane show. */
export type StoredTrouble = keyof typeof TROUBLES;

/** The orders of a list of partners. With `-` in front, the order is descending. */
export const PARTNER_ORDERS = ["name", "-name", "-created", "created"] as const;
export type PartnerOrder = (typeof PARTNER_ORDERS)[number];

export interface PartnerSearch {
  /** The beginning of the name. Upper and lower case do not matter. */
  name?: string | undefined;
  trouble?: StoredTrouble | undefined;
  ids?: readonly string[] | undefined;
}

export interface PartnerPage {
  order: PartnerOrder;
  /** Only partners after the partner with this id are listed. */
  after: string | undefined;
  limit: number;
}

const sortKey = sql`lower(${partners.name}) collate "C"`;

/** Lists partners in this order. Partners with the same name are sorted by id. */
export function listPartners(db: Db, search: PartnerSearch, { order, after, limit }: PartnerPage) {
  const last = sql`(select lower(name) collate "C", id from partners where id = ${after})`;
  const { isBehind, by } = ORDERS[order];
  return selectPartners(db)
    .where(and(...toConditions(search), after === undefined ? undefined : isBehind(last, after)))
    .orderBy(...by)
    .limit(limit);
}

interface Ordering {
  isBehind(last: SQL, after: string): SQL;
  by: SQL[];
}

const ORDERS: Readonly<Record<PartnerOrder, Ordering>> = {
  name: {
    isBehind: (last) => sql`(${sortKey}, ${partners.id}) > ${last}`,
    by: [asc(sortKey), asc(partners.id)],
  },
  "-name": {
    isBehind: (last) => sql`(${sortKey}, ${partners.id}) < ${last}`,
    by: [desc(sortKey), desc(partners.id)],
  },
  // Ids are made in the order of creation.
  created: { isBehind: (_, after) => gt(partners.id, after), by: [asc(partners.id)] },
  "-created": { isBehind: (_, after) => lt(partners.id, after), by: [desc(partners.id)] },
};

/** Selects the partners that match, for `countUpTo()`. */
export const selectMatchingPartners = (db: Db, search: PartnerSearch) =>
  db
    .select({ id: partners.id })
    .from(partners)
    .leftJoin(lanes, eq(lanes.partnerId, partners.id))
    .where(and(...toConditions(search)));

function toConditions({ name, trouble, ids }: PartnerSearch): (SQL | undefined)[] {
  return [
    name === undefined ? undefined : beginsWith(partners.name, name),
    ids === undefined ? undefined : inArray(partners.id, [...ids]),
    ...(trouble === undefined ? [] : [isNull(partners.removedAt), TROUBLES[trouble]]),
  ];
}

const TROUBLES = {
  lanes_open: sql`${partners.pausedReason} is null and ${inArray(lanes.state, ["open", "probing"])}`,
  lanes_guarded: eq(partners.pausedReason, "forbidden"),
  lanes_paused: inArray(partners.pausedReason, ["admin", "partner"]),
  ingest_paused: isNotNull(lanes.ingestPausedAt),
  letters_full: isNotNull(lanes.lettersFullAt),
} as const satisfies Partial<Record<PartnerTrouble, SQL>>;

export const isStoredTrouble = (trouble: PartnerTrouble): trouble is StoredTrouble =>
  Object.hasOwn(TROUBLES, trouble);

export const findPartner = (db: Db, id: Ref): Query<ListedPartner | undefined> =>
  firstRow(selectPartners(db).where(eq(partners.id, id)));

export interface PartnerCounts {
  connections: number;
  users: Partial<Record<UserState, number>>;
}

/**
 * Counts the users and connections of each of these partners, except users and connections that are
 * being removed.
 */
export async function countPartners(
  db: Db,
  partnerIds: readonly string[],
): Promise<ReadonlyMap<string, PartnerCounts>> {
  const counts = new Map(
    partnerIds.map((id): [string, PartnerCounts] => [id, { connections: 0, users: {} }]),
  );
  if (partnerIds.length === 0) return counts;
  const { partnerId } = partnerConnections;
  const isTheirs = and(inArray(partnerId, [...partnerIds]), isNull(partnerConnections.removedAt));
  const connections = await db
    .select({ partnerId, count: sql<number>`count(*)::int` })
    .from(partnerConnections)
    .where(isTheirs)
    .groupBy(partnerId);
  const states = await db
    .select({ partnerId, state: users.state, count: sql<number>`count(*)::int` })
    .from(partnerConnections)
    .innerJoin(users, eq(users.connectionId, partnerConnections.id))
    .where(isTheirs)
    .groupBy(partnerId, users.state);
  for (const row of connections) {
    const found = counts.get(row.partnerId);
    if (found) found.connections = row.count;
  }
  for (const row of states) {
    const found = counts.get(row.partnerId);
    if (found) found.users[row.state] = row.count;
  }
  return counts;
}
