import { and, desc, eq, getTableColumns, inArray, isNull, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { firstRow, type Query, query, type Ref } from "../query.ts";
import type { MailboxKey } from "./cursors.ts";
import { imapProviders, partnerConnections } from "../partners/tables.ts";
import { mailLogs, seen, sweeps } from "./tables.ts";
import { users } from "../users/tables.ts";
import { mailHost } from "../users/watched-users.ts";

export type Sweep = typeof sweeps.$inferSelect;

/**
 * Inserts a sweep: a request to send events for mail that is already in the mailbox. Rejects with a
 * violation of `sweeps_open` when the user has a sweep that has not ended.
 */
export const insertSweep = (tx: Db, sweep: NewSweep): Query<Sweep> =>
  query(tx.insert(sweeps).values(sweep).returning(), ([inserted]) => {
    if (!inserted) throw new Error(`Cannot insert sweep ${sweep.id}: no row came back`);
    return inserted;
  });

export type NewSweep = Pick<Sweep, "id" | "userId" | "since" | "until" | "redeliver"> &
  Partial<Pick<Sweep, "createdAt">>;

export const findNewestSweep = (db: Db, user: Ref): Query<Sweep | undefined> =>
  firstRow(
    db
      .select()
      .from(sweeps)
      .where(eq(sweeps.userId, user))
      .orderBy(desc(sweeps.createdAt), desc(sweeps.id))
      .limit(1),
  );

/** A sweep with its partner and mail server. */
export interface OpenSweep extends Sweep {
  partnerId: string;
  host: string;
}

/** Reads sweeps of these users that have not ended, oldest first. */
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

/** Thrown when another instance continues the sweep, or the sweep has ended. */
export class SweepMoved extends Error {
  override readonly name = "SweepMoved";
}

/**
 * Records that a sweep runs in this mailbox. Returns the UID after which it continues. This UID is
 * 0 unless the sweep last ran in the same mailbox, account and UIDVALIDITY.
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

/**
 * Moves the sweep forward and counts what it found.
 * @throws {SweepMoved} when the sweep is no longer at `fromUid`.
 */
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

/**
 * Ends a sweep that has not ended yet.
 * @param error Why it failed; null when it is complete.
 */
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

/** Reads the rows of these events in mail_logs. */
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
 * Gives ended mails the state `queued` before they are published again. So a fast delivery finds
 * the mail in this state and can record its result. Sets `recorded_at` to the present time, because
 * `endMails()` updates only mails that were recorded recently. Gives each mail a new `change_seq`,
 * so that the mail appears again in the partner's log.
 *
 * A mail has no sequence until it is published. If this process stops before the publication, the
 * sweeper publishes the mail.
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
      firstRecordedAt: sql`coalesce(${mailLogs.firstRecordedAt}, ${mailLogs.recordedAt})`,
      changeSeq: sql`change_seq_now()`,
    })
    .where(and(eq(mailLogs.userId, userId), inArray(mailLogs.eventId, [...eventIds])));
}

/** Deletes the rows of these events from `seen`, so that their mails can be recorded again. */
export async function forgetEvents(db: Db, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length > 0) await db.delete(seen).where(inArray(seen.eventId, [...eventIds]));
}
