import { and, eq, inArray, isNull, or } from "drizzle-orm";
import type { Db } from "../client.ts";
import { seen } from "./tables.ts";

/** The record of a mail, by which duplicates among one user's mails are found. */
export type SeenRow = Pick<
  typeof seen.$inferSelect,
  "eventId" | "messageIdHash" | "sha1" | "contentHash"
>;

const columns = {
  eventId: seen.eventId,
  messageIdHash: seen.messageIdHash,
  sha1: seen.sha1,
  contentHash: seen.contentHash,
};

/** Returns the rows of these events. */
export async function findRecorded(db: Db, eventIds: readonly string[]): Promise<SeenRow[]> {
  if (eventIds.length === 0) return [];
  return db
    .select(columns)
    .from(seen)
    .where(inArray(seen.eventId, [...eventIds]));
}

/** The hashes by which a mail is recognized. */
export interface SeenKeys {
  sha1s: readonly string[];
  messageIdHashes: readonly string[];
  contentHashes: readonly string[];
}

/**
 * Returns the rows of the user's mails that have one of these body hashes, or one of these
 * Message-IDs and one of these content hashes. Rows of older versions have no content hash. If such
 * a row has no body hash either, it is matched by its Message-ID alone.
 */
export async function findSeen(
  db: Db,
  userId: string,
  { sha1s, messageIdHashes, contentHashes }: SeenKeys,
): Promise<SeenRow[]> {
  if (sha1s.length === 0 && messageIdHashes.length === 0) return [];
  const hasContent = inArray(seen.contentHash, [...contentHashes]);
  const hasNameAlone = and(isNull(seen.contentHash), isNull(seen.sha1));
  const hasMessageId = inArray(seen.messageIdHash, [...messageIdHashes]);
  return db
    .select(columns)
    .from(seen)
    .where(
      and(
        eq(seen.userId, userId),
        or(inArray(seen.sha1, [...sha1s]), and(hasMessageId, or(hasContent, hasNameAlone))),
      ),
    );
}
