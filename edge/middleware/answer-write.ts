import type { Context } from "hono";
import { storeAnswer } from "../../db/partners/idempotency-keys.ts";
import type { Answers, Batchable, Query } from "../../db/query.ts";
import type { AppEnv } from "../app-env.ts";
import { type BuildWrites, runWrite } from "../run-write.ts";
import type { BuildQueries } from "./enter.ts";
import { sealAnswer } from "./idempotency.ts";

interface Decision<Answer extends Response> {
  /** The answer, if all queries succeed. */
  answer: Answer;
  /** As in `runWrite()`. */
  build: BuildWrites;
}

interface AnsweredWrite<Queries extends readonly Batchable<unknown>[], Answer extends Response> {
  /** The queries of what the decision needs. */
  read: BuildQueries<Queries>;
  /** Locks what the decision needs, until the transaction ends. Absent if it never changes. */
  lock?: BuildQueries<readonly Query<unknown>[]>;
  /** Decides what to write. May be called several times. */
  decide: (found: Answers<Queries>) => Decision<Answer> | Promise<Decision<Answer>>;
}

/**
 * Answers a request that writes, in two round trips (`runWrite()`). The first also finds the
 * partner. If the request has an Idempotency-Key, the answer is stored in the same transaction.
 */
export async function answerWrite<
  const Queries extends readonly Batchable<unknown>[],
  Answer extends Response,
>(c: Context<AppEnv>, { read, lock, decide }: AnsweredWrite<Queries, Answer>): Promise<Answer> {
  const found = await c.var.enter(read);
  const { db, partnerId } = c.var;
  const attempt = c.get("idempotency");
  const answered = await runWrite(
    db,
    {
      read: (each) => read(each, partnerId),
      lock: lock && ((each) => lock(each, partnerId)),
      decide: async (known) => {
        const { answer, build } = await decide(known);
        const sealed = attempt?.isOpen && (await sealAnswer(c, attempt, answer));
        const stored = (each: Parameters<BuildWrites>[0]) =>
          attempt && sealed ? [storeAnswer(each, attempt.id, sealed)] : [];
        return { result: answer, build: (each) => [...build(each), ...stored(each)] };
      },
    },
    found,
  );
  if (attempt) attempt.isOpen = false;
  return answered;
}
