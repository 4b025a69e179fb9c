import { and, eq, inArray, or } from "drizzle-orm";
import type { Db } from "./client.ts";
import { seen } from "./schema.ts";

/** What is remembered of a mail, for de-duplication within its user. */
export type SeenRow = Pick<typeof seen.$inferSelect, "eventId" | "messageIdHash" | "sha1">;

const columns = { eventId: seen.eventId, messageIdHash: seen.messageIdHash, sha1: seen.sha1 };

/** Rows of these events, and rows of other mails of the user with one of these Message-IDs. */
export function findSeen(
  db: Db,
  userId: string,
  keys: { eventIds: readonly string[]; messageIdHashes: readonly string[] },
): Promise<SeenRow[]> {
  return db
    .select(columns)
    .from(seen)
    .where(
      or(
        inArray(seen.eventId, [...keys.eventIds]),
        and(eq(seen.userId, userId), inArray(seen.messageIdHash, [...keys.messageIdHashes])),
      ),
    );
}

/** Rows of the user's mails with one of these bodies. */
export async function findSeenBodies(
  db: Db,
  userId: string,
  sha1s: readonly string[],
): Promise<SeenRow[]> {
  if (sha1s.length === 0) return [];
  return db
    .select(columns)
    .from(seen)
    .where(and(eq(seen.userId, userId), inArray(seen.sha1, [...sha1s])));
}
