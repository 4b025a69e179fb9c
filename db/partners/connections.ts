import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import type { ProviderKind } from "./providers.ts";
import { imapProviders, partnerConnections } from "./tables.ts";
import { users } from "../users/tables.ts";

export interface Connection {
  id: string;
  providerId: string;
  providerCode: string;
  providerTitle: string;
  kind: ProviderKind;
  /** Whether the provider is switched on. */
  enabled: boolean;
  /** Whether each user may have a mail server of its own. */
  ownHost: boolean;
  oauth2ClientId: string | null;
  oauth1ConsumerKey: string | null;
  /**
   * The sealed secret of the OAuth 2 client or of the OAuth 1 consumer; null when there is none.
   */
  sealedSecret: string | null;
}

export interface CountedConnection extends Connection {
  /** The number of all users, including archived users. */
  usersCount: number;
}

/** A page of a list sorted by id: at most `limit` rows whose ids are greater than `after`. */
export interface PageRange {
  after: string | undefined;
  limit: number;
}

const columns = {
  id: partnerConnections.id,
  providerId: imapProviders.id,
  providerCode: imapProviders.code,
  providerTitle: imapProviders.title,
  kind: imapProviders.kind,
  enabled: imapProviders.enabled,
  ownHost: imapProviders.ownHost,
  oauth2ClientId: partnerConnections.oauth2ClientId,
  oauth1ConsumerKey: partnerConnections.oauth1ConsumerKey,
  sealedSecret: sql<
    string | null
  >`coalesce(${partnerConnections.sealedOauth2ClientSecret}, ${partnerConnections.sealedOauth1ConsumerSecret})`,
};
const countedColumns = {
  ...columns,
  usersCount: sql<number>`(
    select count(*)::int from ${users} where ${users.connectionId} = ${partnerConnections.id}
  )`,
};

/** SQL condition: the connection is not removed. Removed connections are not visible. */
const isThere = isNull(partnerConnections.removedAt);

export function listConnections(
  db: Db,
  partnerId: string,
  page: PageRange,
): Promise<CountedConnection[]> {
  const after = page.after === undefined ? undefined : gt(partnerConnections.id, page.after);
  return db
    .select(countedColumns)
    .from(partnerConnections)
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(and(eq(partnerConnections.partnerId, partnerId), isThere, after))
    .orderBy(asc(partnerConnections.id))
    .limit(page.limit);
}

export async function findConnection(
  db: Db,
  partnerId: string,
  providerCode: string,
): Promise<Connection | undefined> {
  const [connection] = await db
    .select(columns)
    .from(partnerConnections)
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(
      and(
        eq(partnerConnections.partnerId, partnerId),
        eq(imapProviders.code, providerCode),
        isThere,
      ),
    );
  return connection;
}

/** Finds a connection of any partner. */
export async function findConnectionById(
  db: Db,
  id: string,
): Promise<(Connection & { partnerId: string }) | undefined> {
  const [connection] = await db
    .select({ ...columns, partnerId: partnerConnections.partnerId })
    .from(partnerConnections)
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(and(eq(partnerConnections.id, id), isThere));
  return connection;
}

export async function countUsers(db: Db, connectionId: string): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(users)
    .where(eq(users.connectionId, connectionId));
  return row?.count ?? 0;
}

/**
 * Inserts a connection.
 * @returns false when the partner already has a connection to this provider.
 */
export async function insertConnection(
  tx: Db,
  connection: typeof partnerConnections.$inferInsert,
): Promise<boolean> {
  const inserted = await tx
    .insert(partnerConnections)
    .values(connection)
    .onConflictDoNothing({
      target: [partnerConnections.partnerId, partnerConnections.providerId],
      where: isThere,
    })
    .returning({ id: partnerConnections.id });
  return inserted.length > 0;
}

/** Locks the connection until the transaction ends. */
export async function lockConnection(tx: Db, id: string): Promise<void> {
  await tx
    .select({ id: partnerConnections.id })
    .from(partnerConnections)
    .where(eq(partnerConnections.id, id))
    .for("update");
}

export interface ConnectionChange {
  oauth2ClientId?: string | null;
  sealedOauth2ClientSecret?: string | null;
  oauth1ConsumerKey?: string | null;
  sealedOauth1ConsumerSecret?: string | null;
}

/** Changes the OAuth client of a connection. Sessions that log in with this client start again. */
export async function updateConnection(tx: Db, id: string, change: ConnectionChange) {
  await tx
    .update(partnerConnections)
    .set({ ...change, clientAt: sql`now()` })
    .where(eq(partnerConnections.id, id));
}
