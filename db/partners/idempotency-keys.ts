import { and, eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { firstRow, mapAnswer, noRows, type Query, type Ref } from "../query.ts";
import { idempotencyKeys } from "./tables.ts";

/** How long an answer is kept. */
const KEPT = sql.raw("interval '24 hours'");
/** A request that has no answer after this time counts as failed: its process must have ended. */
const LOCKED = sql.raw("interval '1 minute'");
/**
 * How many expired keys each claim deletes. A claim adds one key and deletes more than one, so that
 * expired keys do not pile up.
 */
const SWEPT_AT_ONCE = 20;

export interface KeyClaim {
  /** An id for this request; it becomes the id of the row. */
  id: string;
  /** SQL: the id of the partner, or null when the API key is wrong. Then nothing is claimed. */
  partner: Ref;
  keyHash: string;
}

export type ClaimedKey =
  | { kind: "claimed" }
  | { kind: "in-flight" }
  | { kind: "answered"; id: string; sealedAnswer: string };

/**
 * Claims a key for one request. Of several concurrent requests with the same key, only one gets it.
 * `readClaim()`, run next in the same transaction, returns whether this request got it.
 */
export const claimKey = compiled<[claim: KeyClaim], void>((db, { id, partner, keyHash }) =>
  noRows(
    db.execute(sql`
      with swept as (
        delete from idempotency_keys where id in (
          select id from idempotency_keys
          where claimed_at < now() - ${KEPT} and (partner_id, key_hash) <> (${partner}, ${keyHash})
          order by claimed_at limit ${SWEPT_AT_ONCE}::integer for update skip locked)
      )
      insert into idempotency_keys as known (id, partner_id, key_hash)
      select ${id}, partner.id, ${keyHash}
      from (select ${partner} as id) as partner where partner.id is not null
      on conflict (partner_id, key_hash) do update
      set id = excluded.id, sealed_answer = null, claimed_at = now()
      where known.claimed_at < now() - ${KEPT}
         or (known.sealed_answer is null and known.claimed_at < now() - ${LOCKED})`),
  ),
);

/** Returns whether this request has the key, or what became of the request that has it. */
export const readClaim = (db: Db, { id, partner, keyHash }: KeyClaim): Query<ClaimedKey> =>
  mapAnswer(readKey(db, partner, keyHash), (row) => {
    if (row?.id === id) return { kind: "claimed" };
    if (typeof row?.sealedAnswer !== "string") return { kind: "in-flight" };
    return { kind: "answered", id: row.id, sealedAnswer: row.sealedAnswer };
  });

type KeyRow = Pick<typeof idempotencyKeys.$inferSelect, "id" | "sealedAnswer">;
const readKey = compiled<[partner: Ref, keyHash: string], KeyRow | undefined>(
  (db, partner, keyHash) =>
    firstRow(
      db
        .select({ id: idempotencyKeys.id, sealedAnswer: idempotencyKeys.sealedAnswer })
        .from(idempotencyKeys)
        .where(and(eq(idempotencyKeys.partnerId, partner), eq(idempotencyKeys.keyHash, keyHash))),
    ),
);

/** Stores the answer, if the claim still belongs to this request. */
export const storeAnswer = compiled<[id: string, sealedAnswer: string], void>((db, id, sealed) =>
  noRows(
    db
      .update(idempotencyKeys)
      .set({ sealedAnswer: sql`${sealed}` })
      .where(eq(idempotencyKeys.id, id)),
  ),
);

/** Releases a claim without an answer, so that the request may be sent again. */
export const releaseKey = (db: Db, id: string): Query<void> =>
  noRows(db.delete(idempotencyKeys).where(eq(idempotencyKeys.id, id)));
