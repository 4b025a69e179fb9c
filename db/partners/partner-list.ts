import { and, eq, inArray, isNull, type SQL, sql } from "drizzle-orm";
import type { UserState } from "../../shared/users/user-states.ts";
import type { Db } from "../client.ts";
import { isCurrent } from "../deliveries/lanes.ts";
import { storedWebhookColumns } from "./partner-webhooks.ts";
import { lanes } from "../deliveries/tables.ts";
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
};

export type Partner = Pick<typeof partners.$inferSelect, keyof typeof columns>;

const selectPartners = (db: Db) =>
  db
    .select({ partner: columns, lane: lanes, isCurrent })
    .from(partners)
    .leftJoin(lanes, eq(lanes.partnerId, partners.id));

/** A partner and the state of its lane. */
export type ListedPartner = Awaited<ReturnType<typeof listPartners>>[number];

export interface PartnerQuery {
  /** The beginning of the name. Upper and lower case do not matter. */
  name?: string | undefined;
  /** Only partners after the partner with this id are listed. */
  after: string | undefined;
  limit: number;
}

const sortKey = sql`lower(${partners.name}) collate "C"`;

/** Lists partners, sorted by name. */
export function listPartners(db: Db, { name, after, limit }: PartnerQuery) {
  const last = sql`(select lower(name) collate "C", id from partners where id = ${after})`;
  const isBehind: SQL | undefined =
    after === undefined ? undefined : sql`(${sortKey}, ${partners.id}) > ${last}`;
  const isNamed = name === undefined ? undefined : beginsWith(partners.name, name);
  return selectPartners(db)
    .where(and(isNamed, isBehind))
    .orderBy(sortKey, partners.id)
    .limit(limit);
}

export async function findPartner(db: Db, id: string): Promise<ListedPartner | undefined> {
  const [found] = await selectPartners(db).where(eq(partners.id, id));
  return found;
}

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
