import { and, asc, eq, gt, isNull, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { requireRow } from "../conditions.ts";
import { lookup, type Slot } from "../lookup.ts";
import { allRows, noRows, type Query, query, type Ref } from "../query.ts";
import type { PageRange } from "./connections.ts";
import { apiKeys } from "./tables.ts";

const isGood = (keyHash: Slot<string>) =>
  and(eq(apiKeys.keyHash, keyHash), isNull(apiKeys.revokedAt));

/**
 * Finds the partner that has the key with this hash, unless the key was revoked. Updates
 * last_used_at if it is more than a minute old. Of several concurrent requests, only one writes.
 */
export const useApiKey = compiled<[keyHash: string], string | undefined>((db, keyHash) =>
  query(
    db.execute<{ partner_id: string }>(sql`
      with used as (
        update api_keys set last_used_at = now()
        where key_hash = ${keyHash} and revoked_at is null
          and (last_used_at is null or last_used_at < now() - interval '1 minute'))
      select partner_id from api_keys where ${isGood(keyHash)}`),
    ({ rows: [key] }) => key?.partner_id,
  ),
);

/** SQL: the id of the partner that has this key, or null when the key was revoked. */
export const partnerOfKey = lookup<[keyHash: string], string>(
  (keyHash) => sql`(select ${apiKeys.partnerId} from ${apiKeys} where ${isGood(keyHash)})`,
);

const shownColumns = {
  id: apiKeys.id,
  prefix: apiKeys.prefix,
  signing: apiKeys.signing,
  createdAt: apiKeys.createdAt,
  lastUsedAt: apiKeys.lastUsedAt,
  revokedAt: apiKeys.revokedAt,
};
export type ApiKey = Pick<typeof apiKeys.$inferSelect, keyof typeof shownColumns>;

export function listApiKeys(db: Db, partner: Ref, page: PageRange): Query<ApiKey[]> {
  const after = page.after === undefined ? undefined : gt(apiKeys.id, page.after);
  return allRows(
    db
      .select(shownColumns)
      .from(apiKeys)
      .where(and(eq(apiKeys.partnerId, partner), after))
      .orderBy(asc(apiKeys.id))
      .limit(page.limit),
  );
}

/** Returns all keys of a partner, including revoked ones. */
export const readApiKeys = (db: Db, partner: Ref): Query<ApiKey[]> =>
  allRows(db.select(shownColumns).from(apiKeys).where(eq(apiKeys.partnerId, partner)));

/** Requires, as `requireRow()`, that the partner still has these keys, in the same states. */
export const requireApiKeys = (db: Db, partnerId: string, keys: readonly ApiKey[]): Query<void> => {
  const known = keys.map(({ id, signing, revokedAt }) => ({
    id,
    signing,
    revoked: revokedAt !== null,
  }));
  const present = sql`select id, signing, revoked_at is not null as revoked from api_keys where partner_id = ${partnerId}`;
  const asKnown = sql`select id, signing, revoked from jsonb_to_recordset(${JSON.stringify(known)}::jsonb) as known (id text, signing boolean, revoked boolean)`;
  return requireRow(
    db,
    sql`select 1 where not exists (
      (${present} except ${asKnown}) union all (${asKnown} except ${present}))`,
  );
};

export const insertApiKey = (tx: Db, key: typeof apiKeys.$inferInsert): Query<ApiKey> =>
  query(tx.insert(apiKeys).values(key).returning(shownColumns), ([inserted]) => {
    if (!inserted) throw new Error(`Cannot insert API key ${key.id}: no row came back`);
    return inserted;
  });

/**
 * Makes this key the partner's only key that signs. Two statements are needed, because a unique
 * index allows only one signing key per partner at any moment.
 */
export const letOnlySign = (tx: Db, partnerId: string, id: string): readonly Query<void>[] => [
  noRows(tx.update(apiKeys).set({ signing: false }).where(eq(apiKeys.partnerId, partnerId))),
  noRows(tx.update(apiKeys).set({ signing: true }).where(eq(apiKeys.id, id))),
];

export const revokeApiKey = (tx: Db, id: string): Query<void> =>
  noRows(
    tx
      .update(apiKeys)
      .set({ revokedAt: sql`now()` })
      .where(eq(apiKeys.id, id)),
  );
