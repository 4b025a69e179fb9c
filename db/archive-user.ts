import { and, eq, isNull, sql } from "drizzle-orm";
import { type AuditEntry, recordAudit } from "./audit-log.ts";
import type { Db } from "./client.ts";
import { enqueueUsersChanged } from "./outbox.ts";
import { users } from "./schema.ts";

export interface Refusal {
  userId: string;
  partnerId: string;
  /** The user's state reason. */
  reason: string;
  details: AuditEntry["details"];
}

/** Whether a user exists only to measure the way of a mail. */
export async function isTracerUser(db: Db, userId: string): Promise<boolean> {
  const [user] = await db
    .select({ enableTracer: users.enableTracer })
    .from(users)
    .where(eq(users.id, userId));
  return user?.enableTracer ?? false;
}

/** Archives a user whose mail the partner refuses, unless it is archived or gone. */
export async function archiveRefusedUser(db: Db, refusal: Refusal): Promise<void> {
  const { userId, partnerId, reason, details } = refusal;
  await db.transaction(async (tx) => {
    const archived = await tx
      .update(users)
      .set({
        archivedAt: sql`now()`,
        state: "archived",
        stateReason: reason,
        stateChangedAt: sql`now()`,
      })
      .where(and(eq(users.id, userId), isNull(users.archivedAt)))
      .returning({ id: users.id });
    if (archived.length === 0) return;
    await enqueueUsersChanged(tx, partnerId, [userId]);
    await recordAudit(tx, {
      actor: "webhook",
      action: "user.archived",
      subjectType: "user",
      subjectId: userId,
      details,
    });
  });
}
