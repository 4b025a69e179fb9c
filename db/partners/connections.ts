import { and, asc, eq, gt, isNull, type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { requireRow } from "../conditions.ts";
import { lookup, type Slot } from "../lookup.ts";
import { allRows, firstRow, noRows, type Query, query, type Ref } from "../query.ts";
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

const versionedColumns = {
  ...countedColumns,
  version: sql<string>`${partnerConnections}.xmin::text`,
};

/** SQL condition: the connection is not removed. Removed connections are not visible. */
const isThere = isNull(partnerConnections.removedAt);

export const listConnections = compiled<[partner: Ref, page: PageRange], CountedConnection[]>(
  (db, partner, { after, limit }) =>
    allRows(
      db
        .select(countedColumns)
        .from(partnerConnections)
        .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
        .where(
          and(
            eq(partnerConnections.partnerId, partner),
            isThere,
            after === undefined ? undefined : gt(partnerConnections.id, after),
          ),
        )
        .orderBy(asc(partnerConnections.id))
        .limit(limit),
    ),
);

const isTo = (partner: Slot<Ref>, providerCode: Slot<string>) =>
  and(eq(partnerConnections.partnerId, partner), eq(imapProviders.code, providerCode), isThere);

export const findConnection = compiled<
  [partner: Ref, providerCode: string],
  Connection | undefined
>((db, partner, providerCode) =>
  firstRow(
    db
      .select(columns)
      .from(partnerConnections)
      .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
      .where(isTo(partner, providerCode)),
  ),
);

/** A connection with the number of its users, and the version of its row. */
export interface VersionedConnection extends CountedConnection {
  version: string;
}

/** Finds a connection, for a write that later requires the same version of the row. */
export const findVersionedConnection = (
  db: Db,
  partner: Ref,
  providerCode: string,
): Query<VersionedConnection | undefined> =>
  firstRow(
    db
      .select(versionedColumns)
      .from(partnerConnections)
      .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
      .where(isTo(partner, providerCode)),
  );

/**
 * Locks the row of a connection, and requires, as `requireRow()`, that it still has this version
 * and this number of users. The lock keeps users from being added.
 */
export const requireConnection = (
  db: Db,
  { id, version, usersCount }: VersionedConnection,
): readonly Query<void>[] => [
  requireRow(
    db,
    sql`select 1 from partner_connections where id = ${id} and xmin::text = ${version} for update`,
  ),
  requireRow(
    db,
    sql`select 1 where ${usersCount}::int = (select count(*) from users where connection_id = ${id})`,
  ),
];

/** SQL: the id of the partner's connection to this provider, or null when there is none. */
export const connectionOf = lookup<[partner: Ref, providerCode: string], string>(
  (partner, providerCode) =>
    sql`(select ${partnerConnections.id} from ${partnerConnections}
    join ${imapProviders} on ${imapProviders.id} = ${partnerConnections.providerId}
    where ${isTo(partner, providerCode)})`,
);

/** A connection with the id of its partner. */
export type OwnedConnection = Connection & { partnerId: string };

/** Finds a connection of any partner. */
export const findConnectionById = (db: Db, id: Ref): Query<OwnedConnection | undefined> =>
  firstRow(
    db
      .select({ ...columns, partnerId: partnerConnections.partnerId })
      .from(partnerConnections)
      .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
      .where(and(eq(partnerConnections.id, id), isThere)),
  );

/** Like `findConnectionById()`, for a write that later requires the same version of the row. */
export const findVersionedConnectionById = (
  db: Db,
  id: string,
): Query<(OwnedConnection & VersionedConnection) | undefined> =>
  firstRow(
    db
      .select({ ...versionedColumns, partnerId: partnerConnections.partnerId })
      .from(partnerConnections)
      .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
      .where(and(eq(partnerConnections.id, id), isThere)),
  );

/** SQL: the id of the connection's partner, or null when there is no such connection. */
export const partnerOfConnection = (id: Ref): SQL<string> =>
  sql`(select ${partnerConnections.partnerId} from ${partnerConnections}
    where ${partnerConnections.id} = ${id})`;

export const countUsers = (db: Db, connection: Ref): Query<number> =>
  query(
    db
      .select({ count: sql<number>`count(*)::int` })
      .from(users)
      .where(eq(users.connectionId, connection)),
    ([row]) => row?.count ?? 0,
  );

/**
 * Inserts a connection. Violates the constraint `partner_connections_pair` when the partner already
 * has a connection to this provider.
 */
export const insertConnection = (
  tx: Db,
  connection: typeof partnerConnections.$inferInsert,
): Query<void> => noRows(tx.insert(partnerConnections).values(connection));

/**
 * Inserts a connection, unless the partner already has a connection to this provider.
 * @returns false when the partner has one.
 */
export const insertMissingConnection = (
  tx: Db,
  connection: typeof partnerConnections.$inferInsert,
): Query<boolean> =>
  query(
    tx
      .insert(partnerConnections)
      .values(connection)
      .onConflictDoNothing({
        target: [partnerConnections.partnerId, partnerConnections.providerId],
        where: isThere,
      })
      .returning({ id: partnerConnections.id }),
    (inserted) => inserted.length > 0,
  );

/** Locks the connection until the transaction ends. */
export const lockConnection = (tx: Db, connection: Ref): Query<void> =>
  noRows(
    tx
      .select({ id: partnerConnections.id })
      .from(partnerConnections)
      .where(eq(partnerConnections.id, connection))
      .for("update"),
  );

export interface ConnectionChange {
  oauth2ClientId?: string | null;
  sealedOauth2ClientSecret?: string | null;
  oauth1ConsumerKey?: string | null;
  sealedOauth1ConsumerSecret?: string | null;
}

/** Changes the OAuth client of a connection. Sessions that log in with this client start again. */
export const updateConnection = (tx: Db, id: string, change: ConnectionChange): Query<void> =>
  noRows(
    tx
      .update(partnerConnections)
      .set({ ...change, clientAt: sql`now()` })
      .where(eq(partnerConnections.id, id)),
  );
