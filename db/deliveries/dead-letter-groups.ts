import { desc, eq, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { areChosen, type LetterFilter, type LetterOwner } from "./dead-letter-list.ts";
import { deadLetters } from "./tables.ts";
import { imapProviders, partnerConnections, partners } from "../partners/tables.ts";
import { users } from "../users/tables.ts";

/** Dead letters of one partner that have the same last error and are in the state `waiting`. */
export interface LetterGroup {
  partnerId: string;
  partnerName: string;
  lastError: string;
  letters: number;
  /** When the newest letter of the group became a dead letter. */
  diedAt: Date;
}

/** Groups the dead letters in the state `waiting` by partner and error; largest group first. */
export function groupDeadLetters(
  db: Db,
  owner: LetterOwner,
  filter: LetterFilter,
  limit: number,
): Promise<LetterGroup[]> {
  const letters = sql<number>`count(*)::int`.as("letters");
  const newest = sql`max(${deadLetters.diedAt})`.mapWith(deadLetters.diedAt).as("newest");
  const groups = db
    .select({
      partnerId: deadLetters.partnerId,
      lastError: deadLetters.lastError,
      letters,
      diedAt: newest,
    })
    .from(deadLetters)
    .leftJoin(users, eq(users.id, deadLetters.userId))
    .leftJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .leftJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(areChosen(owner, { ...filter, state: "waiting" }))
    .groupBy(deadLetters.partnerId, deadLetters.lastError)
    .orderBy(desc(letters), desc(newest))
    .limit(limit)
    .as("groups");
  return db
    .select({
      partnerId: groups.partnerId,
      partnerName: partners.name,
      lastError: groups.lastError,
      letters: groups.letters,
      diedAt: groups.diedAt,
    })
    .from(groups)
    .innerJoin(partners, eq(partners.id, groups.partnerId))
    .orderBy(desc(groups.letters), desc(groups.diedAt));
}
