import type { Db, WholeDb } from "../db/client.ts";
import { isRowMissing } from "../db/conditions.ts";
import { type Answers, type Batchable, type Query, runInOrder } from "../db/query.ts";

/** How often a write is decided again, because what it had read was changed meanwhile. */
const MAX_TRIES = 2;

/** Builds the queries that write. */
export type BuildWrites = (db: Db) => readonly Batchable<unknown>[];

interface DecidedWrite<Result> {
  /** The result, if all queries succeed. */
  result: Result;
  /**
   * The queries that write. The first of them lock what was read, and require that it is unchanged
   * (`requireRow()`).
   */
  build: BuildWrites;
}

interface Write<Queries extends readonly Batchable<unknown>[], Result> {
  /** The queries of what the decision needs. */
  read: (db: Db) => Queries;
  /** Locks what the decision needs, until the transaction ends. Absent if it never changes. */
  lock?: ((db: Db) => readonly Query<unknown>[]) | undefined;
  /** Decides what to write. May be called several times. */
  decide: (found: Answers<Queries>) => DecidedWrite<Result> | Promise<DecidedWrite<Result>>;
}

/**
 * Decides and writes, in two round trips: one reads, the other writes in one transaction. If what
 * was read has changed meanwhile, both are repeated; at last while it is locked.
 *
 * @param found The answers of `read`, if it was run already.
 */
export async function runWrite<const Queries extends readonly Batchable<unknown>[], Result>(
  db: WholeDb,
  { read, lock, decide }: Write<Queries, Result>,
  found?: Answers<Queries>,
): Promise<Result> {
  let known = found ?? (await db.batch(read));
  for (let tries = 1; ; tries++) {
    const { result, build } = await decide(known);
    try {
      await db.batch(build);
      return result;
    } catch (error) {
      if (!isRowMissing(error) || lock === undefined) throw error;
    }
    if (tries === MAX_TRIES) break;
    known = await db.batch(read);
  }
  return db.transaction(async (tx) => {
    await runInOrder(lock(tx));
    const { result, build } = await decide(await runInOrder(read(tx)));
    await runInOrder(build(tx));
    return result;
  });
}
