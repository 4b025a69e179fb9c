import { QueryPromise, type SQL } from "drizzle-orm";
import type { Lookup } from "./lookup.ts";
import type { BatchItem } from "drizzle-orm/batch";

/**
 * An id, or the SQL that finds it. With the SQL, a statement can be built before the id is known, so
 * that it runs in the same batch as the statement that finds the id.
 */
export type Ref = string | SQL<string> | Lookup<string>;

type Statement<Result> = PromiseLike<Result> & BatchItem<"pg">;

/**
 * A statement that runs when it is awaited. Instead of awaiting it, it can be given to
 * `WholeDb.batch()`.
 */
export type Query<Answer> = Promise<Answer> & Batchable<Answer>;

export interface Batchable<Answer> {
  readonly statement: PromiseLike<unknown> & BatchItem<"pg">;
  /** Converts what the driver returns for `statement`. */
  read(result: unknown): Answer;
}

/** The answers of queries, in the same order. */
export type Answers<Queries extends readonly Batchable<unknown>[]> = {
  -readonly [K in keyof Queries]: Queries[K] extends Batchable<infer Answer> ? Answer : never;
};

/**
 * Creates a query from a statement of Drizzle.
 *
 * @param read Converts the result of the statement into the answer of the query.
 */
export const query = <Result, Answer>(
  statement: Statement<Result>,
  read: (result: Result) => Answer,
): Query<Answer> => new ReadStatement(statement, read);

/** Creates a query whose answer is the first row, if there is one. */
export const firstRow = <Row>(statement: Statement<Row[]>): Query<Row | undefined> =>
  query(statement, (rows) => rows[0]);

/** Creates a query whose answer is all rows. */
export const allRows = <Row>(statement: Statement<Row[]>): Query<Row[]> =>
  query(statement, (rows) => rows);

/** Creates a query that converts the answer of another one. */
export const mapAnswer = <Answer, Mapped>(
  asked: Batchable<Answer>,
  convert: (answer: Answer) => Mapped,
): Query<Mapped> =>
  query<unknown, Mapped>(asked.statement, (result) => convert(asked.read(result)));

/** Creates a query of a statement whose result is not needed. */
export const noRows = (statement: Statement<unknown>): Query<void> =>
  query(statement, () => undefined);

/** Runs queries one after the other. */
export async function runInOrder<const Queries extends readonly Batchable<unknown>[]>(
  queries: Queries,
): Promise<Answers<Queries>> {
  const results = [];
  for (const { statement } of queries) results.push(await statement);
  return readAnswers(queries, results);
}

/** Converts the results of the queries' statements into the answers of the queries. */
export function readAnswers<const Queries extends readonly Batchable<unknown>[]>(
  queries: Queries,
  results: readonly unknown[],
): Answers<Queries> {
  const answers = queries.map((each, index) => each.read(results[index]));
  if (areAnswers(queries, answers)) return answers;
  throw new Error(`Cannot read a batch: got ${results.length} results, wanted ${queries.length}`);
}

const areAnswers = <Queries extends readonly Batchable<unknown>[]>(
  queries: Queries,
  answers: unknown,
): answers is Answers<Queries> => Array.isArray(answers) && answers.length === queries.length;

class ReadStatement<Result, Answer> extends QueryPromise<Answer> implements Batchable<Answer> {
  readonly statement: Statement<Result>;
  readonly #read: (result: Result) => Answer;

  constructor(statement: Statement<Result>, read: (result: Result) => Answer) {
    super();
    this.statement = statement;
    this.#read = read;
  }

  read(result: Result): Answer {
    return this.#read(result);
  }

  async execute(): Promise<Answer> {
    return this.#read(await this.statement);
  }
}
