import { and, asc, eq, gt, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import type { ProviderKind } from "./providers.ts";
import { imapProviders, outbox, partnerConnections, users } from "./schema.ts";

/** User ids in one poke: 1,000 ids are about 29 kB. */
const POKE_SIZE = 1_000;

export interface Connection {
  id: string;
  providerCode: string;
  kind: ProviderKind;
  oauth2ClientId: string | null;
}

export interface CountedConnection extends Connection {
  /** All its users, archived ones too. */
  usersCount: number;
}

/** Of a list in order of ids: what follows `after`, at most `limit`. */
export interface Page {
  after: string | undefined;
  limit: number;
}

const columns = {
  id: partnerConnections.id,
  providerCode: imapProviders.code,
  kind: imapProviders.kind,
  oauth2ClientId: partnerConnections.oauth2ClientId,
};
const countedColumns = {
  ...columns,
  usersCount: sql<number>`(
    select count(*)::int from ${users} where ${users.connectionId} = ${partnerConnections.id}
  )`,
};

export function listConnections(
  db: Db,
  partnerId: string,
  page: Page,
): Promise<CountedConnection[]> {
  const after = page.after === undefined ? undefined : gt(partnerConnections.id, page.after);
  return db
    .select(countedColumns)
    .from(partnerConnections)
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(and(eq(partnerConnections.partnerId, partnerId), after))
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
    .where(and(eq(partnerConnections.partnerId, partnerId), eq(imapProviders.code, providerCode)));
  return connection;
}

export async function countUsers(db: Db, connectionId: string): Promise<number> {
  const [row] = await db
    .select({ count: sql<number>`count(*)::int` })
    .from(users)
    .where(eq(users.connectionId, connectionId));
  return row?.count ?? 0;
}

/** @returns false when the partner already has a connection to this provider. */
export async function insertConnection(
  tx: Db,
  connection: typeof partnerConnections.$inferInsert,
): Promise<boolean> {
  const inserted = await tx
    .insert(partnerConnections)
    .values(connection)
    .onConflictDoNothing({ target: [partnerConnections.partnerId, partnerConnections.providerId] })
    .returning({ id: partnerConnections.id });
  return inserted.length > 0;
}

export interface ConnectionChange {
  oauth2ClientId?: string | null;
  sealedOauth2ClientSecret?: string | null;
}

export async function updateConnection(tx: Db, id: string, change: ConnectionChange) {
  await tx.update(partnerConnections).set(change).where(eq(partnerConnections.id, id));
}

/** Removes a connection, its users and all their data, and tells the fleet of each user. */
export async function deleteConnection(tx: Db, partnerId: string, id: string) {
  // The lock keeps new users out, so that none goes without a poke.
  await tx
    .select({ id: partnerConnections.id })
    .from(partnerConnections)
    .where(eq(partnerConnections.id, id))
    .for("update");
  await tx.execute(sql`
    insert into ${outbox} (kind, partner_id, payload)
    select 'users_changed', ${partnerId}, jsonb_build_object('user_ids', jsonb_agg(id))
    from (
      select id, (row_number() over (order by id) - 1) / ${POKE_SIZE}::int as poke
      from ${users} where connection_id = ${id}
    ) numbered
    group by poke`);
  await tx.delete(partnerConnections).where(eq(partnerConnections.id, id));
}
