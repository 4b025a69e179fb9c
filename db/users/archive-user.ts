import { and, count, eq, gt, isNull, sql } from "drizzle-orm";
import { type AuditEntry, recordAudit } from "../admin/audit-log.ts";
import type { Db } from "../client.ts";
import { lockPause, pauseLane } from "../deliveries/lane-pauses.ts";
import { enqueueUsersChanged } from "../mail/outbox.ts";
import { mayBeRefused } from "./refusal-guard.ts";
import { partnerConnections } from "../partners/tables.ts";
import { users } from "./tables.ts";

const REFUSED = "refused_by_webhook";

export interface Refusal {
  userId: string;
  partnerId: string;
  /** When the lane had last been resumed, as known when the attempt began that was refused. */
  resumedAt: Date | null;
  details: AuditEntry["details"];
}

export type RefusalEnd =
  /** Now or before, or the user is gone. */
  | "archived"
  /** The user exists only to measure the way of a mail. */
  | "tracer"
  /** It would be one too many: the lane is paused instead, by this call. */
  | "tripped"
  /** The same, of a lane that is paused already, or that was resumed since: the endpoint is asked again. */
  | "too_many";

/** Archives a user whose mail the partner answers with 403, unless that happens to too many at once. */
export async function archiveRefusedUser(db: Db, refusal: Refusal): Promise<RefusalEnd> {
  const { userId, partnerId, resumedAt, details } = refusal;
  return db.transaction(async (tx) => {
    // One refusal of a partner after another, so that they are counted right.
    const lane = await lockPause(tx, partnerId);
    const [user] = await tx
      .select({ isTracer: users.enableTracer, archivedAt: users.archivedAt })
      .from(users)
      .where(eq(users.id, userId));
    if (user?.isTracer) return "tracer";
    if (!user || user.archivedAt !== null) return "archived";
    if (await wouldBeTooMany(tx, partnerId)) {
      if (lane.resumedAt?.getTime() !== resumedAt?.getTime()) return "too_many";
      const pause = { reason: "forbidden", actor: "webhook" } as const;
      return (await pauseLane(tx, partnerId, pause)) ? "tripped" : "too_many";
    }
    await tx
      .update(users)
      .set({
        archivedAt: sql`now()`,
        state: "archived",
        stateReason: REFUSED,
        stateChangedAt: sql`now()`,
      })
      .where(and(eq(users.id, userId), isNull(users.archivedAt)));
    await enqueueUsersChanged(tx, partnerId, [userId]);
    await recordAudit(tx, {
      actor: "webhook",
      action: "user.archived",
      subjectType: "user",
      subjectId: userId,
      details,
    });
    return "archived";
  });
}

async function wouldBeTooMany(tx: Db, partnerId: string): Promise<boolean> {
  const isRecent = gt(users.archivedAt, sql`now() - interval '10 minutes'`);
  const refused = await countUsers(tx, partnerId, and(eq(users.stateReason, REFUSED), isRecent));
  // Counting a hundred thousand users is left for when it matters.
  if (refused < mayBeRefused(0)) return false;
  const living = await countUsers(tx, partnerId, isNull(users.archivedAt));
  return refused >= mayBeRefused(living);
}

async function countUsers(
  tx: Db,
  partnerId: string,
  condition: ReturnType<typeof and>,
): Promise<number> {
  const [row] = await tx
    .select({ users: count() })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .where(and(eq(partnerConnections.partnerId, partnerId), condition));
  return row?.users ?? 0;
}
