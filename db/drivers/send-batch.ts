import type { BatchOptions, Db } from "../client.ts";
import type { Statement } from "../prepared.ts";
import { type Answers, type Batchable, readAnswers } from "../query.ts";

interface SendingConnection {
  query(statement: Statement, values?: unknown[]): Promise<unknown>;
  /** Collects what is sent until `uncork()`, so that it is one write. */
  cork?(): void;
  uncork?(): void;
}

interface Batch<Connection, Queries> extends BatchOptions {
  toDb: (connection: Connection) => Db;
  build: (db: Db) => Queries;
}

/**
 * Runs queries in one round trip: sends all of them before the first answer comes. The connection
 * must send each statement at once (`pipeline` of `pg`). When a statement of a transaction fails,
 * PostgreSQL refuses the ones behind it and rolls back at the end.
 *
 * @throws The error of the first statement that failed.
 */
export async function sendBatch<
  Connection extends SendingConnection,
  const Queries extends readonly Batchable<unknown>[],
>(
  connection: Connection,
  { toDb, build, isAtomic = true }: Batch<Connection, Queries>,
): Promise<Answers<Queries>> {
  let onSent: () => void = () => undefined;
  const watched: Connection = Object.create(connection, {
    query: {
      value: (statement: Statement, values?: unknown[]) => {
        const answer = connection.query(statement, values);
        onSent();
        return answer;
      },
    },
  });
  const queries = build(toDb(watched));
  connection.cork?.();
  const answers: Promise<unknown>[] = [];
  if (isAtomic) {
    const begun = connection.query({ text: "begin" });
    // It may fail before the last statement is sent, and is awaited only then.
    begun.catch(() => undefined);
    answers.push(begun);
  }
  for (const { statement } of queries) {
    // Drizzle sends a statement a few ticks after it was asked for. The order must not change.
    const sent = new Promise<void>((resolve) => (onSent = resolve));
    const answer = Promise.resolve(statement);
    answers.push(answer);
    await Promise.race([sent, answer.catch(() => undefined)]);
  }
  if (isAtomic) answers.push(connection.query({ text: "commit" }));
  connection.uncork?.();
  const settled = await Promise.allSettled(answers);
  const failed = settled.find((one) => one.status === "rejected");
  if (failed) throw failed.reason;
  const results = settled.map((one) => ("value" in one ? one.value : undefined));
  return readAnswers(queries, isAtomic ? results.slice(1, -1) : results);
}
