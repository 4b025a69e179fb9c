import { and, eq, inArray, isNull, sql } from "drizzle-orm";
import { newId } from "../../shared/ids.ts";
import type { Db } from "../client.ts";
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

/**
 * Removes a user permanently. The user is no longer visible, and its tag and email address are free
 * again. The user moves into a removed connection of its own. The purge deletes that connection
 * later.
 */
export async function startUserRemoval(
  tx: Db,
  { partnerId, connectionId, userId }: Record<"partnerId" | "connectionId" | "userId", string>,
): Promise<Purge> {
  await retireUsers(tx, partnerId, [userId]);
  const graveId = newId("con");
  await tx.execute(sql`
    insert into ${partnerConnections} (id, partner_id, provider_id, removed_at)
    select ${graveId}, partner_id, provider_id, now()
    from ${partnerConnections} where id = ${connectionId}`);
  await tx.update(users).set({ connectionId: graveId }).where(eq(users.id, userId));
  return insertPurge(tx, {
    partnerId,
    connectionId: graveId,
    scope: "user",
    subjectId: userId,
    total: 1,
  });
}

/**
 * Removes a connection and all its users. They are no longer visible, and the partner may connect
 * to the provider again. The users stay watched until the purge reaches them.
 *
 * @returns undefined when another request removed the connection first.
 */
export async function startConnectionRemoval(
  tx: Db,
  { partnerId, connectionId }: Record<"partnerId" | "connectionId", string>,
): Promise<Purge | undefined> {
  const removed = await tx
    .update(partnerConnections)
    .set({ removedAt: sql`now()` })
    .where(and(eq(partnerConnections.id, connectionId), isNull(partnerConnections.removedAt)))
    .returning({ id: partnerConnections.id });
  if (removed.length === 0) return undefined;
  const [counted] = await tx
    .select({ total: sql<number>`count(*)::int` })
    .from(users)
    .where(eq(users.connectionId, connectionId));
  // This message contains no user ids, but it makes the fleet start the purge without delay.
  await enqueueUsersChanged(tx, partnerId, []);
  await enqueuePartnerChanged(tx, partnerId);
  return insertPurge(tx, {
    partnerId,
    connectionId,
    scope: "connection",
    subjectId: connectionId,
    total: counted?.total ?? 0,
  });
}

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
  if (userIds.length === 0) return;
  await enqueueRevocations(tx, userIds);
  await tx
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
    .where(inArray(users.id, [...userIds]));
  await enqueueUsersChanged(tx, partnerId, userIds);
}

async function insertPurge(
  tx: Db,
  purge: Pick<Purge, "partnerId" | "connectionId" | "scope" | "subjectId" | "total">,
): Promise<Purge> {
  const id = newId("prg");
  const [inserted] = await tx
    .insert(purges)
    .values({ id, ...purge })
    .returning();
  if (!inserted) throw new Error(`Cannot insert purge ${id}: no row came back`);
  return inserted;
}
