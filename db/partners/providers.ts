import { asc, eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { firstRow, type Query } from "../query.ts";
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

/** Locks the provider until the transaction ends. */
export async function lockProvider(tx: Db, id: string): Promise<Provider | undefined> {
  const [provider] = await tx
    .select()
    .from(imapProviders)
    .where(eq(imapProviders.id, id))
    .for("no key update");
  return provider;
}

/**
 * Inserts a provider.
 * @returns false when a provider with this code exists.
 */
export async function insertProvider(
  tx: Db,
  provider: typeof imapProviders.$inferInsert,
): Promise<boolean> {
  const inserted = await tx
    .insert(imapProviders)
    .values(provider)
    .onConflictDoNothing({ target: imapProviders.code })
    .returning({ id: imapProviders.id });
  return inserted.length > 0;
}

export type ProviderChange = Partial<Omit<Provider, "id" | "code" | "kind" | "createdAt">>;

export async function updateProvider(tx: Db, id: string, change: ProviderChange): Promise<void> {
  await tx.update(imapProviders).set(change).where(eq(imapProviders.id, id));
}

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
