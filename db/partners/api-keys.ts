import { and, asc, eq, gt, isNull, lt, or, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import type { Page } from "./connections.ts";
import { apiKeys, partners } from "./tables.ts";

/** How old last_used_at may grow before a request writes it again. */
const STALE_AFTER = sql`interval '1 minute'`;
const isStale = or(isNull(apiKeys.lastUsedAt), lt(apiKeys.lastUsedAt, sql`now() - ${STALE_AFTER}`));

export interface FoundApiKey {
  id: string;
  partnerId: string;
  /** last_used_at is absent or more than a minute old. */
  stale: boolean;
}

/** The key with this hash, unless it was revoked. */
export async function findApiKey(db: Db, keyHash: string): Promise<FoundApiKey | undefined> {
  const [key] = await db
    .select({ id: apiKeys.id, partnerId: apiKeys.partnerId, stale: sql<boolean>`${isStale}` })
    .from(apiKeys)
    .where(and(eq(apiKeys.keyHash, keyHash), isNull(apiKeys.revokedAt)));
  return key;
}

/** Notes that a key was used. Of many requests at once, one writes. */
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

export function listApiKeys(db: Db, partnerId: string, page: Page): Promise<ApiKey[]> {
  const after = page.after === undefined ? undefined : gt(apiKeys.id, page.after);
  return db
    .select(shownColumns)
    .from(apiKeys)
    .where(and(eq(apiKeys.partnerId, partnerId), after))
    .orderBy(asc(apiKeys.id))
    .limit(page.limit);
}

/** All keys of a partner; nobody else makes, chooses or revokes one until the transaction ends. */
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

/** Two statements: of a partner's keys no two may sign at any moment. */
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
