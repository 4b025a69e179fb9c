import { and, eq, gt, inArray, notInArray, type SQL, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { type MAIL_STATES, mailLogs } from "./tables.ts";
import { users } from "../users/tables.ts";

/** The final state of a mail that is queued or parked. */
export interface MailEnd {
  eventId: string;
  userId: string;
  state: Exclude<(typeof MAIL_STATES)[number], "queued" | "parked">;
  reason: string | null;
}

const UNENDED: (typeof MAIL_STATES)[number][] = ["queued", "parked"];

/**
 * SQL condition: the mail's event may still be in its stream, which keeps events for three days.
 * Two days are added as a margin. PostgreSQL skips the partitions of all earlier days.
 */
const isRecent = gt(mailLogs.recordedAt, sql`now() - interval '5 days'`);

/**
 * Writes the final states of mails that are queued or parked. Parked mails are included, because a
 * mail that was published a moment ago may still be parked in mail_logs. A mail that already has a
 * final state is not changed.
 *
 * @returns The ids of the events that are not in mail_logs yet, unless their user no longer exists.
 * Such events are possible: a delivery can be faster than the transaction that records the mail.
 */
export async function endMails(tx: Db, ends: readonly MailEnd[]): Promise<Set<string>> {
  if (ends.length === 0) return new Set();
  await writeEnds(tx, ends, isRecent);
  return findUnrecorded(tx, ends);
}

/**
 * Writes final states as `endMails()` does, but for mails of any age. Does not look for events that
 * mail_logs does not have yet.
 */
export async function endForgottenMails(tx: Db, ends: readonly MailEnd[]): Promise<void> {
  if (ends.length > 0) await writeEnds(tx, ends);
}

async function writeEnds(tx: Db, ends: readonly MailEnd[], condition?: SQL): Promise<void> {
  const rows = ends.map(({ eventId, state, reason }) => ({ event_id: eventId, state, reason }));
  await tx
    .update(mailLogs)
    .set({ state: sql`ends.state`, reason: sql`ends.reason` })
    .from(
      sql`json_to_recordset(${JSON.stringify(rows)}) as ends(event_id text, state text, reason text)`,
    )
    .where(
      and(eq(mailLogs.eventId, sql`ends.event_id`), inArray(mailLogs.state, UNENDED), condition),
    );
}

async function findUnrecorded(tx: Db, ends: readonly MailEnd[]): Promise<Set<string>> {
  const eventIds = ends.map(({ eventId }) => eventId);
  const userIds = [...new Set(ends.map(({ userId }) => userId))];
  // A mail that is queued or parked now was recorded only after `writeEnds()`. It is also returned,
  // so that the caller writes its final state again.
  const ended = await tx
    .selectDistinct({ id: mailLogs.eventId })
    .from(mailLogs)
    .where(and(inArray(mailLogs.eventId, eventIds), notInArray(mailLogs.state, UNENDED), isRecent));
  const known = new Set(ended.map(({ id }) => id));
  const missing = ends.filter(({ eventId }) => !known.has(eventId));
  if (missing.length === 0) return new Set();
  const living = await tx.select({ id: users.id }).from(users).where(inArray(users.id, userIds));
  const livingIds = new Set(living.map(({ id }) => id));
  return new Set(
    missing.filter(({ userId }) => livingIds.has(userId)).map(({ eventId }) => eventId),
  );
}
