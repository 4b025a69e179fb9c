import { inArray, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { compiled } from "../compiled.ts";
import { query } from "../query.ts";
import { prepared } from "../prepared.ts";
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

/** Returns the rows of `seen` that belong to these events. */
export async function findRecorded(db: Db, eventIds: readonly string[]): Promise<SeenRow[]> {
  if (eventIds.length === 0) return [];
  return db
    .select(columns)
    .from(seen)
    .where(inArray(seen.eventId, [...eventIds]));
}

/**
 * The values by which a mail is looked up in `seen`: the id of its event, and the hashes that it
 * shares with a duplicate.
 */
export interface SeenKey {
  eventId: string | null;
  sha1: string | null;
  messageIdHash: string | null;
  contentHash: string | null;
}

/** A search in the memory of one user. */
export interface SeenSearch {
  userId: string;
  mails: readonly SeenKey[];
}

/**
 * Returns, for each search, the rows that match one of its mails. A row matches a mail of the same
 * user if it has the same body hash, or the same Message-ID and content hash. The row of the mail's
 * own event matches, too. Rows of older versions have no content hash. If such a row has no body
 * hash either, the Message-ID alone decides. All searches are one statement.
 */
export async function findSeen(
  db: Db,
  searches: readonly SeenSearch[],
): Promise<ReadonlyMap<SeenSearch, SeenRow[]>> {
  const found = new Map<SeenSearch, SeenRow[]>(searches.map((search) => [search, []]));
  const keys = searches.flatMap(({ userId, mails }, place) =>
    mails.map((mail) => ({ place, userId, ...mail })),
  );
  if (keys.length === 0) return found;
  const rows = await selectSeen(db, JSON.stringify(keys));
  for (const { place, ...row } of rows) {
    const search = searches[place];
    if (search) found.get(search)?.push(row);
  }
  return found;
}

interface FoundRow extends SeenRow, Record<string, unknown> {
  place: number;
}
// "offset 0" makes the planner look up each key in an index. Otherwise it may read the whole table.
const selectSeen = compiled<[keysJson: string], FoundRow[]>((db, keysJson) => {
  const statement = prepared(
    "find_seen",
    sql`
    select place, row."eventId", row."messageIdHash", row.sha1, row."contentHash"
    from jsonb_to_recordset(${keysJson}::jsonb) as key (
      place integer, "userId" text, "eventId" text, sha1 text, "messageIdHash" text, "contentHash" text)
    cross join lateral (
      select ${ROW} from seen where event_id = key."eventId"
      union all
      select ${ROW} from seen where user_id = key."userId" and sha1 = key.sha1
      union all
      select ${ROW} from seen
      where user_id = key."userId" and message_id_hash = key."messageIdHash"
        and (content_hash = key."contentHash" or (content_hash is null and sha1 is null))
      offset 0
    ) as row`,
  );
  return query(db.execute<FoundRow>(statement), ({ rows }) => rows);
});

const ROW = sql.raw(
  `event_id as "eventId", message_id_hash as "messageIdHash", sha1, content_hash as "contentHash"`,
);
