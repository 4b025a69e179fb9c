import type { Context } from "hono";
import type { Db } from "../../db/client.ts";
import { isRowMissing } from "../../db/conditions.ts";
import { storeAnswer } from "../../db/partners/idempotency-keys.ts";
import { type Answers, type Batchable, type Query, runInOrder } from "../../db/query.ts";
import type { AppEnv } from "../app-env.ts";
import type { BuildQueries } from "./enter.ts";
import { sealAnswer } from "./idempotency.ts";

/** How often a write is decided again, because what it had read was changed meanwhile. */
const MAX_TRIES = 2;

/** Builds the queries that write. */
export type BuildWrites = (db: Db) => readonly Batchable<unknown>[];

interface Decision<Answer extends Response> {
  /** The answer, if all queries succeed. */
  answer: Answer;
  /**
   * The queries that write. The first of them lock what was read, and require that it is unchanged
   * (`requireRow()`).
   */
  build: BuildWrites;
}

interface Write<Queries extends readonly Batchable<unknown>[], Answer extends Response> {
  /** The queries of what the decision needs. */
  read: BuildQueries<Queries>;
  /** Locks what the decision needs, until the transaction ends. Absent if it never changes. */
  lock?: BuildQueries<readonly Query<unknown>[]>;
  /** Decides what to write. May be called several times. */
  decide: (found: Answers<Queries>) => Decision<Answer> | Promise<Decision<Answer>>;
}

/**
 * Answers a request that writes, in two round trips: one reads, the other writes. The answer is
 * stored in the same transaction if the request has an Idempotency-Key. If what was read has
 * changed meanwhile, everything is repeated; at last while it is locked.
 */
export async function answerWrite<
  const Queries extends readonly Batchable<unknown>[],
  Answer extends Response,
>(c: Context<AppEnv>, { read, lock, decide }: Write<Queries, Answer>): Promise<Answer> {
  let found = await c.var.enter(read);
  const { db, partnerId } = c.var;
  for (let tries = 1; ; tries++) {
    const decision = await decide(found);
    try {
      return await finish(c, decision, (build) => db.batch(build));
    } catch (error) {
      if (!isRowMissing(error) || lock === undefined) throw error;
    }
    if (tries === MAX_TRIES) break;
    found = await db.batch((each) => read(each, partnerId));
  }
  return db.transaction(async (tx) => {
    await runInOrder(lock(tx, partnerId));
    const decision = await decide(await runInOrder(read(tx, partnerId)));
    return finish(c, decision, (build) => runInOrder(build(tx)));
  });
}

async function finish<Answer extends Response>(
  c: Context<AppEnv>,
  { answer, build }: Decision<Answer>,
  run: (build: BuildWrites) => Promise<unknown>,
): Promise<Answer> {
  const attempt = c.get("idempotency");
  const sealed = attempt?.isOpen && (await sealAnswer(c, attempt, answer));
  await run((db) => [
    ...build(db),
    ...(attempt && sealed ? [storeAnswer(db, attempt.id, sealed)] : []),
  ]);
  if (attempt && sealed) attempt.isOpen = false;
  return answer;
}
