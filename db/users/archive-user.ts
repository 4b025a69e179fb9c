import { and, count, eq, gt, isNull, sql } from "drizzle-orm";
import { type AuditEntry, recordAudit } from "../admin/audit-log.ts";
import type { Db } from "../client.ts";
import { lockPause, pauseLane } from "../deliveries/lane-pauses.ts";
import { enqueueUsersChanged } from "../mail/outbox.ts";
import { mayBeRefused } from "./refusal-guard.ts";
import { partnerConnections } from "../partners/tables.ts";
import { users } from "./tables.ts";

const REFUSED = "refused_by_webhook";

export interface WebhookRefusal {
  userId: string;
  partnerId: string;
  /**
   * When the partner's lane was last resumed, as known at the start of the attempt that got the
   * 403.
   */
  resumedAt: Date | null;
  details: AuditEntry["details"];
}

export type RefusalEnd =
  /** This call has archived the user, or the user was archived before or no longer exists. */
  | "archived"
  /** The user is a tracer user, which is never archived. */
  | "tracer"
  /** Too many users were archived. This call has paused the lane instead. */
  | "tripped"
  /**
   * Too many users were archived. This call has not paused the lane, because the lane is already
   * paused, or was resumed after the attempt began. The attempt will be repeated.
   */
  | "too_many";

/**
 * Archives a user because the partner answered 403 to one of its events, unless too many users were
 * archived for this reason in a short time.
 */
export async function archiveRefusedUser(db: Db, refusal: WebhookRefusal): Promise<RefusalEnd> {
  const { userId, partnerId, resumedAt, details } = refusal;
  return db.transaction(async (tx) => {
    // Because of this lock, the 403 answers of a partner are handled one after another. So
    // `wouldBeTooMany()` misses no user that an earlier answer has archived.
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
  // Counting all living users is slow. It is skipped if `refused` is below even the lowest possible
  // limit.
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
