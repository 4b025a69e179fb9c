import { and, eq, isNull, sql } from "drizzle-orm";
import { recordAudit } from "../admin/audit-log.ts";
import type { Db } from "../client.ts";
import { noRows, type Query, runInOrder } from "../query.ts";
import { enqueuePartnerChanged } from "../mail/outbox.ts";
import { type PAUSE_REASONS, partners } from "../partners/tables.ts";

export type PauseReason = (typeof PAUSE_REASONS)[number];

/**
 * Whether a lane (one partner's deliveries) is paused. `reason` is null when the lane is not
 * paused. `resumedAt` is null when the lane was never resumed.
 */
export interface PauseStanding {
  reason: PauseReason | null;
  resumedAt: Date | null;
}

interface Cause {
  reason: PauseReason;
  actor: string;
}

/**
 * Locks the lane until the transaction ends. Meanwhile no other transaction can pause or resume the
 * lane, or archive users of the partner because of a 403.
 */
export async function lockPause(tx: Db, partnerId: string): Promise<PauseStanding> {
  const [standing] = await tx
    .select({ reason: partners.pausedReason, resumedAt: partners.resumedAt })
    .from(partners)
    .where(eq(partners.id, partnerId))
    .for("no key update");
  return standing ?? { reason: null, resumedAt: null };
}

/**
 * Pauses a lane, writes an audit row, and notifies the fleet.
 * @returns false when the lane was already paused.
 */
export async function pauseLane(
  tx: Db,
  partnerId: string,
  { reason, actor }: Cause,
): Promise<boolean> {
  const paused = await tx
    .update(partners)
    .set({ pausedAt: sql`now()`, pausedReason: reason })
    .where(and(eq(partners.id, partnerId), isNull(partners.pausedAt)))
    .returning({ id: partners.id });
  if (paused.length === 0) return false;
  await runInOrder(toNotes(tx, { actor, action: "lane.paused", partnerId, reason }));
  return true;
}

/** Resumes a lane, writes an audit row, and notifies the fleet. */
export async function resumeLane(tx: Db, partnerId: string, cause: Cause): Promise<void> {
  await runInOrder(toResumption(tx, partnerId, cause));
}

/** Returns the queries that pause a lane. The partner must be locked, and not paused. */
export const toPause = (tx: Db, partnerId: string, { reason, actor, at }: Cause & { at: Date }) => [
  noRows(
    tx
      .update(partners)
      .set({ pausedAt: at, pausedReason: reason })
      .where(eq(partners.id, partnerId)),
  ),
  ...toNotes(tx, { actor, action: "lane.paused", partnerId, reason }),
];

/** Returns the queries that resume a lane. The partner must be locked. */
export const toResumption = (tx: Db, partnerId: string, { reason, actor }: Cause) => [
  noRows(
    tx
      .update(partners)
      .set({ pausedAt: null, pausedReason: null, resumedAt: sql`now()` })
      .where(eq(partners.id, partnerId)),
  ),
  ...toNotes(tx, { actor, action: "lane.resumed", partnerId, reason }),
];

const toNotes = (
  tx: Db,
  { actor, action, partnerId, reason }: Record<"actor" | "action" | "partnerId" | "reason", string>,
): readonly Query<void>[] => [
  enqueuePartnerChanged(tx, partnerId),
  recordAudit(tx, {
    actor,
    action,
    subjectType: "partner",
    subjectId: partnerId,
    details: { reason },
  }),
];
