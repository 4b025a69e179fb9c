import { and, eq, isNull, lt, or, sql } from "drizzle-orm";
import type { Db } from "./client.ts";
import { apiKeys } from "./schema.ts";

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
