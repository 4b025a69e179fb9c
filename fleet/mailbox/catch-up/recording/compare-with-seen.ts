import { findRecorded, type SeenRow } from "../../../../db/mail/seen.ts";
import { judgeBodies, type JudgedMessage, type NamedMessage, nameMail } from "../judging/judge.ts";
import type { Batch, BatchDeps, FetchedBodies } from "./read-batch.ts";

/**
 * Returns which messages of a scan are recorded already. Their bodies need not be fetched.
 *
 * Returns none for mail that is read by UID. Such mail is hardly ever recorded, and
 * `compareWithSeen()` checks it later. Also returns none for mail that is read again on purpose
 * (`again`).
 */
export async function findRecordedEarly(
  { db }: Pick<BatchDeps, "db">,
  { again, isLive }: Batch,
  messages: readonly NamedMessage[],
): Promise<Pick<SeenRow, "eventId">[]> {
  if (again || isLive) return [];
  const eventIds = messages.map(({ eventId }) => eventId);
  return findRecorded(db, eventIds);
}

interface ReadMessages {
  userId: string;
  read: readonly JudgedMessage[];
  fetched: FetchedBodies;
}

/**
 * Compares messages with the remembered mails of their user, in one query.
 *
 * @returns `fresh`: the messages that are not recorded yet. `seen`: mails of which they may be
 * duplicates.
 */
export async function compareWithSeen(
  { recordGroups }: Pick<BatchDeps, "recordGroups">,
  { again, isLive }: Batch,
  { userId, read, fetched }: ReadMessages,
  signal: AbortSignal,
): Promise<{ fresh: readonly JudgedMessage[]; seen: readonly SeenRow[] }> {
  if (again === "publish") return { fresh: read, seen: [] };
  const mayBeRecorded = !again && isLive;
  // Judges the messages as if no mail were remembered. The results are the values by which each
  // message is recognized. The search below uses these values.
  const keys = judgeBodies(read, fetched, []).map((message) => ({
    eventId: mayBeRecorded ? message.eventId : null,
    ...nameMail(message),
  }));
  const mails = keys.filter((key) => key.eventId ?? key.sha1 ?? key.messageIdHash);
  if (mails.length === 0) return { fresh: read, seen: [] };
  const found = await recordGroups.find({ userId, mails }, signal);
  const foundIds = new Set(found.map(({ eventId }) => eventId));
  const fresh = mayBeRecorded ? read.filter(({ eventId }) => !foundIds.has(eventId)) : read;
  const own = new Set(fresh.map(({ eventId }) => eventId));
  return { fresh, seen: found.filter(({ eventId }) => !own.has(eventId)) };
}
