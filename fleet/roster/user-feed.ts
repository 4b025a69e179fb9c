import type { Db } from "../../db/client.ts";
import { readUserChanges } from "../../db/users/watched-users.ts";
import { hashName } from "./rendezvous.ts";

/** All users that must be watched. Kept up to date by reading only changes. */
export interface UserFeed {
  /** Reads changes. Returns the ids of users whose settings changed. */
  refresh(): Promise<string[]>;
  /** Returns the users' ids and their hashes, in an order that is the same in every process. */
  users(): { ids: readonly string[]; hashes: Uint32Array };
}

/** Creates a feed that reads from the database. */
export function createUserFeed(db: Db): UserFeed {
  const known = new Map<string, number>();
  let since = 0;
  let sorted: { ids: readonly string[]; hashes: Uint32Array } | null = null;

  return {
    async refresh() {
      const { changes, next } = await readUserChanges(db, since);
      since = next;
      const fresh = changes.filter(({ userId, changeSeq }) => known.get(userId) !== changeSeq);
      const changed: string[] = [];
      for (const { userId, changeSeq, isWatched } of fresh) {
        if (known.has(userId) !== isWatched) sorted = null;
        if (isWatched) known.set(userId, changeSeq);
        else if (!known.delete(userId)) continue;
        changed.push(userId);
      }
      return changed;
    },
    users() {
      if (sorted === null) {
        const ids = [...known.keys()].toSorted();
        sorted = { ids, hashes: Uint32Array.from(ids, hashName) };
      }
      return sorted;
    },
  };
}
