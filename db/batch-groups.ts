import type { Db, WholeDb } from "./client.ts";
import { type Answers, type Batchable, query, readAnswers } from "./query.ts";

type Groups = Readonly<Record<string, readonly Batchable<unknown>[]>>;
type Readers<G extends Groups> = { readonly [Name in keyof G]: () => Answers<G[Name]> };

/**
 * Runs groups of queries in one batch, in their order. The answers of a group are read only when
 * its reader is called. So if an earlier group decides that the request ends, a later group cannot
 * fail because of what it found.
 */
export async function batchGroups<const G extends Groups>(
  db: WholeDb,
  build: (db: Db) => G,
): Promise<Readers<G>> {
  const built: G[] = [];
  const results = await db.batch((each) => {
    const groups = build(each);
    built.push(groups);
    return Object.values(groups).flat().map(toUnread);
  });
  const readers: [string, () => unknown][] = [];
  let start = 0;
  for (const [name, group] of built.flatMap((groups) => Object.entries(groups))) {
    const own = results.slice(start, start + group.length);
    readers.push([name, () => readAnswers(group, own)]);
    start += group.length;
  }
  // TypeScript cannot see that each reader has the type of its group.
  return Object.fromEntries(readers) as Readers<G>;
}

const toUnread = ({ statement }: Batchable<unknown>) => query(statement, (result) => result);
