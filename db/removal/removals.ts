import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { newId } from "../../shared/ids.ts";
import type { Db } from "../client.ts";
import { readServerTime } from "../conditions.ts";
import { countUsers } from "../partners/connections.ts";
import { noRows, type Query, runInOrder } from "../query.ts";
import { enqueuePartnerChanged, enqueueUsersChanged } from "../mail/outbox.ts";
import type { Purge } from "./purges.ts";
import { enqueueRevocations } from "./revocations.ts";
import { partnerConnections } from "../partners/tables.ts";
import { purges } from "./tables.ts";
import { users } from "../users/tables.ts";

/**
 * The maximum number of user ids in one notification (poke) of the fleet: 1,000 ids are about 29
 * kB.
 */
export const POKE_SIZE = 1_000;

/** A removal that is decided: its purge, and the queries that start it. */
export interface PlannedRemoval {
  purge: Purge;
  build: (tx: Db) => readonly Query<unknown>[];
}

/**
 * Removes a user permanently. The user is no longer visible, and its tag and email address are free
 * again. The user moves into a removed connection of its own. The purge deletes that connection
 * later.
 */
export async function startUserRemoval(
  tx: Db,
  ids: Record<"partnerId" | "connectionId" | "userId", string>,
): Promise<Purge> {
  const { purge, build } = planUserRemoval(ids, await readServerTime(tx));
  await runInOrder(build(tx));
  return purge;
}

/** Returns the queries of `startUserRemoval()`. */
export function planUserRemoval(
  { partnerId, connectionId, userId }: Record<"partnerId" | "connectionId" | "userId", string>,
  now: Date,
): PlannedRemoval {
  const graveId = newId("con");
  const subject = { scope: "user" as const, subjectId: userId, total: 1 };
  const purge = newPurge({ partnerId, connectionId: graveId, ...subject }, now);
  return {
    purge,
    build: (tx) => [
      ...toRetirement(tx, partnerId, [userId]),
      noRows(
        tx.execute(sql`
          insert into ${partnerConnections} (id, partner_id, provider_id, removed_at)
          select ${graveId}, partner_id, provider_id, now()
          from ${partnerConnections} where id = ${connectionId}`),
      ),
      noRows(tx.update(users).set({ connectionId: graveId }).where(eq(users.id, userId))),
      noRows(tx.insert(purges).values(purge)),
    ],
  };
}

/**
 * Removes a connection and all its users. They are no longer visible, and the partner may connect
 * to the provider again. The users stay watched until the purge reaches them.
 *
 * @returns undefined when another request removed the connection first.
 */
export async function startConnectionRemoval(
  tx: Db,
  ids: Record<"partnerId" | "connectionId", string>,
): Promise<Purge | undefined> {
  const removed = await tx
    .update(partnerConnections)
    .set({ removedAt: sql`now()` })
    .where(isLiving(ids.connectionId))
    .returning({ id: partnerConnections.id });
  if (removed.length === 0) return undefined;
  const total = await countUsers(tx, ids.connectionId);
  const { purge, build } = planConnectionRemoval({ ...ids, total }, await readServerTime(tx));
  await runInOrder(build(tx));
  return purge;
}

/**
 * Returns the queries of `startConnectionRemoval()`. The connection must be locked.
 * @param total The number of its users.
 */
export function planConnectionRemoval(
  {
    partnerId,
    connectionId,
    total,
  }: Record<"partnerId" | "connectionId", string> & { total: number },
  now: Date,
): PlannedRemoval {
  const subject = { scope: "connection" as const, subjectId: connectionId, total };
  const purge = newPurge({ partnerId, connectionId, ...subject }, now);
  return {
    purge,
    build: (tx) => [
      noRows(
        tx
          .update(partnerConnections)
          .set({ removedAt: sql`now()` })
          .where(isLiving(connectionId)),
      ),
      // This message contains no user ids, but it makes the fleet start the purge without delay.
      enqueueUsersChanged(tx, partnerId, []),
      enqueuePartnerChanged(tx, partnerId),
      noRows(tx.insert(purges).values(purge)),
    ],
  };
}

const isLiving = (connectionId: string) =>
  and(eq(partnerConnections.id, connectionId), isNull(partnerConnections.removedAt));

/**
 * Retires users that will be deleted: revokes their tokens, deletes their credentials and ends
 * their sessions. Idempotent.
 *
 * @param userIds At most POKE_SIZE.
 */
export async function retireUsers(
  tx: Db,
  partnerId: string,
  userIds: readonly string[],
): Promise<void> {
  if (userIds.length > 0) await runInOrder(toRetirement(tx, partnerId, userIds));
}

/** Returns the queries of `retireUsers()`. */
const toRetirement = (
  tx: Db,
  partnerId: string,
  userIds: readonly string[],
): readonly Query<void>[] => [
  enqueueRevocations(tx, userIds),
  noRows(
    tx
      .update(users)
      .set({
        archivedAt: sql`coalesce(${users.archivedAt}, now())`,
        state: "archived",
        stateReason: null,
        loginUsername: null,
        tokenUsername: null,
        tokenUsernames: null,
        sealedLoginPassword: null,
        sealedRefreshToken: null,
        sealedPreviousRefreshToken: null,
        sealedOauth1Token: null,
      })
      .where(inArray(users.id, [...userIds])),
  ),
  enqueueUsersChanged(tx, partnerId, userIds),
];

const newPurge = (
  purge: Pick<Purge, "partnerId" | "connectionId" | "scope" | "subjectId" | "total">,
  createdAt: Date,
): Purge => ({
  id: newId("prg"),
  ...purge,
  state: "waiting",
  done: 0,
  mails: 0,
  attempts: 0,
  deadLetters: 0,
  messages: 0,
  createdAt,
  leasedUntil: null,
  settleAt: null,
  finishedAt: null,
});
