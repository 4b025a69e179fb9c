import type { Db } from "../client.ts";
import type { Statement } from "../prepared.ts";
import { type Answers, type Batchable, readAnswers } from "../query.ts";

interface SendingConnection {
  query(statement: Statement, values?: unknown[]): Promise<unknown>;
  /** Collects what is sent until `uncork()`, so that it is one write. */
  cork?(): void;
  uncork?(): void;
}

/**
 * Runs queries in one transaction, and sends all of them before the first answer comes: one round
 * trip. The connection must send each statement at once (`pipeline` of `pg`). When a statement
 * fails, PostgreSQL refuses the ones behind it and rolls back at the end.
 *
 * @throws The error of the first statement that failed.
 */
export async function sendBatch<
  Connection extends SendingConnection,
  const Queries extends readonly Batchable<unknown>[],
>(
  connection: Connection,
  toDb: (connection: Connection) => Db,
  build: (db: Db) => Queries,
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
  const begun = connection.query({ text: "begin" });
  // It may fail before the last statement is sent, and is awaited only then.
  begun.catch(() => undefined);
  const answers = [begun];
  for (const { statement } of queries) {
    // Drizzle sends a statement a few ticks after it was asked for. The order must not change.
    const sent = new Promise<void>((resolve) => (onSent = resolve));
    const answer = Promise.resolve(statement);
    answers.push(answer);
    await Promise.race([sent, answer.catch(() => undefined)]);
  }
  answers.push(connection.query({ text: "commit" }));
  connection.uncork?.();
  const settled = await Promise.allSettled(answers);
  const failed = settled.find((one) => one.status === "rejected");
  if (failed) throw failed.reason;
  const results = settled.slice(1, -1).map((one) => ("value" in one ? one.value : undefined));
  return readAnswers(queries, results);
}
