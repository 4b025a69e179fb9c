import { and, asc, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import type { PageRange } from "./connections.ts";
import { apiKeys, partners } from "./tables.ts";

/** last_used_at is updated only when it is at least this old, to save writes. */
const STALE_AFTER = sql`interval '1 minute'`;
const isStale = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, sql`now() - ${STALE_AFTER}`));

export interface FoundApiKey {
  id: string;
  partnerId: string;
  /** Whether last_used_at is empty or more than a minute old. */
  stale: boolean;
}

/** Finds the key with this hash, unless it was revoked. */
export async function findApiKey(db: Db, keyHash: string): Promise<FoundApiKey | undefined> {
  const [key] = await db
    .select({ id: apiKeys.id, partnerId: apiKeys.partnerId, stale: sql<boolean>`${isStale}` })
    .from(apiKeys)
    .where(and(eq(apiKeys.keyHash, keyHash), isNull(apiKeys.revokedAt)));
  return key;
}

/**
 * Updates last_used_at if it is more than a minute old. Of several concurrent requests, only one
 * writes.
 */
export async function touchApiKey(db: Db, id: string): Promise<void> {
  await db
    .update(apiKeys)
    .set({ lastUsedAt: sql`now()` })
    .where(and(eq(apiKeys.id, id), isStale));
}

const shownColumns = {
  id: apiKeys.id,
  prefix: apiKeys.prefix,
  signing: apiKeys.signing,
  createdAt: apiKeys.createdAt,
  lastUsedAt: apiKeys.lastUsedAt,
  revokedAt: apiKeys.revokedAt,
};
export type ApiKey = Pick<typeof apiKeys.$inferSelect, keyof typeof shownColumns>;

export function listApiKeys(db: Db, partnerId: string, page: PageRange): Promise<ApiKey[]> {
  const after = page.after === undefined ? undefined : gt(apiKeys.id, page.after);
  return db
    .select(shownColumns)
    .from(apiKeys)
    .where(and(eq(apiKeys.partnerId, partnerId), after))
    .orderBy(asc(apiKeys.id))
    .limit(page.limit);
}

/**
 * Returns all keys of a partner. Locks the partner's row until the transaction ends, so that only
 * one request at a time changes the keys.
 */
export async function lockApiKeys(tx: Db, partnerId: string): Promise<ApiKey[]> {
  await tx
    .select({ id: partners.id })
    .from(partners)
    .where(eq(partners.id, partnerId))
    .for("no key update");
  return tx.select(shownColumns).from(apiKeys).where(eq(apiKeys.partnerId, partnerId));
}

export async function insertApiKey(tx: Db, key: typeof apiKeys.$inferInsert): Promise<ApiKey> {
  const [inserted] = await tx.insert(apiKeys).values(key).returning(shownColumns);
  if (!inserted) throw new Error(`Cannot insert API key ${key.id}: no row came back`);
  return inserted;
}

/**
 * Makes this key the partner's only key that signs. Two statements are needed, because a unique
 * index allows only one signing key per partner at any moment.
 */
export async function letOnlySign(tx: Db, partnerId: string, id: string): Promise<void> {
  await tx.update(apiKeys).set({ signing: false }).where(eq(apiKeys.partnerId, partnerId));
  await tx.update(apiKeys).set({ signing: true }).where(eq(apiKeys.id, id));
}

export async function revokeApiKey(tx: Db, id: string): Promise<void> {
  await tx
    .update(apiKeys)
    .set({ revokedAt: sql`now()` })
    .where(eq(apiKeys.id, id));
}
