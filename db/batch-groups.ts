import type { BatchOptions, Db, WholeDb } from "./client.ts";
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
  options?: BatchOptions,
): Promise<Readers<G>> {
  const built: G[] = [];
  const results = await db.batch((each) => {
    const groups = build(each);
    built.push(groups);
    return Object.values(groups).flat().map(toUnread);
  }, options);
  const [groups] = built;
  const readers = groups && toReaders(groups, results);
  if (groups && isForAll(groups, readers)) return readers;
  throw new Error("Cannot run a batch: no queries were built");
}

function toReaders(groups: Groups, results: readonly unknown[]): Record<string, () => unknown> {
  const readers: [string, () => unknown][] = [];
  let start = 0;
  for (const [name, group] of Object.entries(groups)) {
    const own = results.slice(start, start + group.length);
    readers.push([name, () => readAnswers(group, own)]);
    start += group.length;
  }
  return Object.fromEntries(readers);
}

const isForAll = <G extends Groups>(groups: G, readers: unknown): readers is Readers<G> =>
  readers instanceof Object && Object.keys(groups).every((name) => name in readers);

const toUnread = ({ statement }: Batchable<unknown>) => query(statement, (result) => result);
