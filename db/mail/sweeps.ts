import { and, desc, eq, getTableColumns, inArray, isNull, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import type { MailboxKey } from "./cursors.ts";
import { imapProviders, partnerConnections } from "../partners/tables.ts";
import { mailLogs, seen, sweeps } from "./tables.ts";
import { users } from "../users/tables.ts";
import { mailHost } from "../users/watched-users.ts";

export type Sweep = typeof sweeps.$inferSelect;

/** Rejects with a broken `sweeps_open` where the user has one that has not ended. */
export async function insertSweep(
  tx: Db,
  sweep: Pick<Sweep, "id" | "userId" | "since" | "until" | "redeliver">,
): Promise<Sweep> {
  const [inserted] = await tx.insert(sweeps).values(sweep).returning();
  if (!inserted) throw new Error(`Cannot insert sweep ${sweep.id}: no row came back`);
  return inserted;
}

export async function findNewestSweep(db: Db, userId: string): Promise<Sweep | undefined> {
  const [newest] = await db
    .select()
    .from(sweeps)
    .where(eq(sweeps.userId, userId))
    .orderBy(desc(sweeps.createdAt), desc(sweeps.id))
    .limit(1);
  return newest;
}

/** A sweep, whose it is and at which mail server. */
export interface OpenSweep extends Sweep {
  partnerId: string;
  host: string;
}

/** Sweeps of these users that have not ended, the oldest first. */
export async function readOpenSweeps(db: Db, userIds: readonly string[]): Promise<OpenSweep[]> {
  const held = sql`select jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb)`;
  return db
    .select({
      ...getTableColumns(sweeps),
      partnerId: partnerConnections.partnerId,
      host: mailHost,
    })
    .from(sweeps)
    .innerJoin(users, eq(users.id, sweeps.userId))
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(and(isNull(sweeps.finishedAt), sql`${sweeps.userId} in (${held})`))
    .orderBy(sweeps.createdAt, sweeps.id);
}

/** Another instance goes on with the sweep, or it has ended. */
export class SweepMoved extends Error {
  override readonly name = "SweepMoved";
}

/**
 * Says that a sweep runs in this mailbox; returns the UID to go on after: 0 where it never was in
 * this mailbox of this account under this UIDVALIDITY.
 */
export async function beginSweep(
  db: Db,
  id: string,
  { accountEpoch, mailbox, uidValidity }: MailboxKey & { uidValidity: number },
): Promise<number> {
  const isSame = sql`${sweeps.accountEpoch} = ${accountEpoch}::integer and ${sweeps.mailbox} = ${mailbox} and ${sweeps.uidValidity} = ${uidValidity}::bigint`;
  const [row] = await db
    .update(sweeps)
    .set({
      state: "running",
      accountEpoch,
      mailbox,
      uidValidity,
      lastUid: sql`case when ${isSame} then ${sweeps.lastUid} else 0 end`,
    })
    .where(and(eq(sweeps.id, id), isNull(sweeps.finishedAt)))
    .returning({ lastUid: sweeps.lastUid });
  if (!row) throw new SweepMoved(`Cannot begin sweep ${id}: it has ended`);
  return row.lastUid;
}

export interface SweepProgress {
  fromUid: number;
  toUid: number;
  found: number;
  published: number;
  skipped: number;
}

/** @throws {SweepMoved} when the sweep no longer stands at `fromUid`. */
export async function advanceSweep(db: Db, id: string, progress: SweepProgress): Promise<void> {
  const { rowCount } = await db
    .update(sweeps)
    .set({
      lastUid: progress.toUid,
      found: sql`${sweeps.found} + ${progress.found}::integer`,
      published: sql`${sweeps.published} + ${progress.published}::integer`,
      skipped: sql`${sweeps.skipped} + ${progress.skipped}::integer`,
    })
    .where(and(eq(sweeps.id, id), eq(sweeps.lastUid, progress.fromUid), isNull(sweeps.finishedAt)));
  if (rowCount === 0) throw new SweepMoved(`Cannot advance sweep ${id}: it moved`);
}

/** @param error Why it failed; null when it is complete. */
export async function endSweep(db: Db, id: string, error: string | null): Promise<void> {
  await db
    .update(sweeps)
    .set({ state: error === null ? "finished" : "failed", error, finishedAt: sql`now()` })
    .where(and(eq(sweeps.id, id), isNull(sweeps.finishedAt)));
}

export type RecordedMail = Pick<
  typeof mailLogs.$inferSelect,
  "eventId" | "state" | "reason" | "streamSeq"
>;

/** What mail_logs says of these events, as far back as it reaches. */
export function readRecordedMails(
  db: Db,
  userId: string,
  eventIds: readonly string[],
): Promise<RecordedMail[]> {
  return db
    .select({
      eventId: mailLogs.eventId,
      state: mailLogs.state,
      reason: mailLogs.reason,
      streamSeq: mailLogs.streamSeq,
    })
    .from(mailLogs)
    .where(and(eq(mailLogs.userId, userId), inArray(mailLogs.eventId, [...eventIds])));
}

/**
 * Queues mails again that have come to an end, before they are published: the end of a fast delivery
 * finds them queued. They count as recorded now, since ends are looked for among recent rows, and come
 * into the partner's log again. Until
 * they are published they have no sequence, and so are lost to the sweeper, should nobody go on.
 */
export async function requeueMails(
  db: Db,
  userId: string,
  eventIds: readonly string[],
): Promise<void> {
  if (eventIds.length === 0) return;
  await db
    .update(mailLogs)
    .set({
      state: "queued",
      reason: null,
      streamSeq: null,
      recordedAt: sql`now()`,
      changeSeq: sql`change_seq_now()`,
    })
    .where(and(eq(mailLogs.userId, userId), inArray(mailLogs.eventId, [...eventIds])));
}

/** Forgets events that only de-duplication remembers, so that they can be recorded anew. */
export async function forgetSeen(db: Db, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length > 0) await db.delete(seen).where(inArray(seen.eventId, [...eventIds]));
}
