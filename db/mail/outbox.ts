import { asc, eq, inArray, isNull, sql } from "drizzle-orm";
import type { UserEvent } from "../../shared/users/events.ts";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { noRows, type Query, runInOrder } from "../query.ts";
import { outbox } from "./tables.ts";
import { logUserEvent } from "./user-events.ts";

export type OutboxRow = typeof outbox.$inferSelect;

/** Notifies the fleet that these users were added, changed, archived, restored or removed. */
export const enqueueUsersChanged = (
  tx: Db,
  partnerId: string,
  userIds: readonly string[],
): Query<void> => enqueueChange(tx, { partnerId, payload: { user_ids: userIds } });

type UsersChange = Pick<typeof outbox.$inferInsert, "partnerId" | "payload">;
const enqueueChange = compiled<[change: UsersChange], void>((tx, change) =>
  noRows(tx.insert(outbox).values({ kind: "users_changed", ...change })),
);

/** Notifies the fleet that a partner's settings, keys or secrets changed. */
export const enqueuePartnerChanged = (tx: Db, partnerId: string): Query<void> =>
  noRows(tx.insert(outbox).values({ kind: "partner_changed", partnerId, payload: {} }));

/**
 * Enqueues an event, in the transaction that causes it. Enqueuing the same event again changes
 * nothing.
 */
export async function enqueueEvent(tx: Db, event: UserEvent): Promise<void> {
  await runInOrder(toEventQueries(tx, event));
}

/** Returns the queries that enqueue an event. */
export const toEventQueries = (tx: Db, event: UserEvent): readonly Query<void>[] => [
  insertEvent(tx, { partnerId: event.partner_id, eventId: event.id, payload: event }),
  logUserEvent(tx, event),
];

type EventRow = Pick<typeof outbox.$inferInsert, "partnerId" | "eventId" | "payload">;
const insertEvent = compiled<[row: EventRow], void>((tx, row) =>
  noRows(
    tx
      .insert(outbox)
      .values({ kind: "event", ...row })
      .onConflictDoNothing(),
  ),
);

/**
 * Locks up to `limit` unpublished rows until the transaction ends. Skips rows that another instance
 * has locked.
 */
export function takeWaiting(tx: Db, limit: number): Promise<OutboxRow[]> {
  return tx
    .select()
    .from(outbox)
    .where(isNull(outbox.publishedAt))
    .orderBy(asc(outbox.id))
    .limit(limit)
    .for("update", { skipLocked: true });
}

/** Marks an event as published. Its row stays until `settleEvents()` deletes it. */
export async function markPublished(tx: Db, id: number, streamSeq: number) {
  await tx
    .update(outbox)
    .set({ publishedAt: sql`now()`, streamSeq })
    .where(eq(outbox.id, id));
}

/** Deletes pokes (notifications of the fleet) from the outbox after they were sent. */
export async function dropPokes(tx: Db, ids: readonly number[]) {
  if (ids.length > 0) await tx.delete(outbox).where(inArray(outbox.id, [...ids]));
}

/** Deletes events from the outbox after they were delivered or became dead letters. */
export async function settleEvents(tx: Db, eventIds: readonly string[]) {
  if (eventIds.length > 0) await tx.delete(outbox).where(inArray(outbox.eventId, [...eventIds]));
}
