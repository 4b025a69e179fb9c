import { asc, eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { requireRow } from "../conditions.ts";
import { firstRow, noRows, type Query, query } from "../query.ts";
import { imapProviders } from "./tables.ts";

export type Provider = typeof imapProviders.$inferSelect;
export type ProviderKind = Provider["kind"];

export const findProvider = (db: Db, code: string): Query<Provider | undefined> =>
  firstRow(db.select().from(imapProviders).where(eq(imapProviders.code, code)));

export interface CountedProvider {
  provider: Provider;
  connectionsCount: number;
}

const connectionsCount = sql<number>`(
  select count(*)::int from partner_connections
  where provider_id = imap_providers.id and removed_at is null
)`;

/** Lists all providers at once, without pages, since there are few kinds of mail accounts. */
export function listProviders(db: Db): Promise<CountedProvider[]> {
  return db
    .select({ provider: imapProviders, connectionsCount })
    .from(imapProviders)
    .orderBy(asc(imapProviders.title), asc(imapProviders.code));
}

export async function findCountedProvider(
  db: Db,
  id: string,
): Promise<CountedProvider | undefined> {
  const [found] = await db
    .select({ provider: imapProviders, connectionsCount })
    .from(imapProviders)
    .where(eq(imapProviders.id, id));
  return found;
}

/** A provider, and the version of its row. */
export interface VersionedProvider {
  provider: Provider;
  version: string;
}

/** Finds a provider, for a write that later requires the same version of the row. */
export const findVersionedProvider = (db: Db, id: string): Query<VersionedProvider | undefined> =>
  firstRow(
    db
      .select({ provider: imapProviders, version: sql<string>`xmin::text` })
      .from(imapProviders)
      .where(eq(imapProviders.id, id)),
  );

/** Locks the row of a provider, and requires, as `requireRow()`, that it still has this version. */
export const requireProvider = (
  tx: Db,
  { provider: { id }, version }: VersionedProvider,
): Query<void> =>
  requireRow(
    tx,
    sql`select 1 from imap_providers where id = ${id} and xmin::text = ${version} for no key update`,
  );

/** Locks the provider until the transaction ends. */
export const lockProvider = (tx: Db, id: string): Query<void> =>
  noRows(
    tx
      .select({ id: imapProviders.id })
      .from(imapProviders)
      .where(eq(imapProviders.id, id))
      .for("no key update"),
  );

/**
 * Inserts a provider.
 * @returns false when a provider with this code exists.
 */
export const insertProvider = (
  tx: Db,
  provider: typeof imapProviders.$inferInsert,
): Query<boolean> =>
  query(
    tx
      .insert(imapProviders)
      .values(provider)
      .onConflictDoNothing({ target: imapProviders.code })
      .returning({ id: imapProviders.id }),
    (inserted) => inserted.length > 0,
  );

/** Requires, as `requireRow()`, that a provider exists. */
export const requireInserted = (tx: Db, id: string): Query<void> =>
  requireRow(tx, sql`select 1 from imap_providers where id = ${id}`);

export type ProviderChange = Partial<Omit<Provider, "id" | "code" | "kind" | "createdAt">>;

export const updateProvider = (tx: Db, id: string, change: ProviderChange): Query<void> =>
  noRows(tx.update(imapProviders).set(change).where(eq(imapProviders.id, id)));

/** The fields of a provider that sessions use. */
const SESSION_FIELDS = [
  "imapHost",
  "imapPort",
  "imapSecurity",
  "idleMinutes",
  "loginRate",
  "ownHost",
  "saslMechanism",
] as const satisfies readonly (keyof Provider)[];

/** Whether the change affects sessions. If so, the fleet must read the provider's users again. */
export const concernsSessions = (before: Provider, after: ProviderChange): boolean =>
  SESSION_FIELDS.some((field) => field in after && after[field] !== before[field]);
