import { neon, type NeonQueryFunction } from "@neondatabase/serverless";
import { NeonHttpDatabase, NeonHttpDriver } from "drizzle-orm/neon-http";
import { PgDialect } from "drizzle-orm/pg-core";
import type { Database, WholeDb } from "../client.ts";
import { type NeonDatabaseOptions, openNeonDatabase, useProxy } from "./neon-database.ts";
import { DEFAULT_TIMEOUT_MS } from "./pooled-database.ts";
import { readAnswers } from "../query.ts";

/**
 * Remembers the names of all columns. With `drizzle()`, each request would work them out.
 */
const DIALECT = new PgDialect();

/**
 * Opens a database through Neon's SQL over HTTP: each statement and each batch is one request.
 * Transactions need a connection, which is a WebSocket that the first transaction opens. As with
 * `openNeonDatabase()`, open one per request.
 */
export function openNeonHttpDatabase(
  options: NeonDatabaseOptions,
): AsyncDisposable & { db: WholeDb } {
  const { url, proxy, admit = () => Promise.resolve() } = options;
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  if (proxy !== undefined) useProxy(proxy);
  const limitTime = () => ({ fetchOptions: { signal: AbortSignal.timeout(timeoutMs) } });
  const sql = neon(url, { disableWarningInBrowsers: true });

  const query: typeof sql.query = (text, params, queryOptions) => {
    const asked = sql.query(text, params, queryOptions);
    const { execute } = asked;
    asked.execute = async (what) => {
      await admit();
      return await execute(what, { ...queryOptions, ...limitTime() });
    };
    return asked;
  };
  const transaction: typeof sql.transaction = async (queries, transactionOptions) => {
    await admit();
    return await sql.transaction(queries, { ...transactionOptions, ...limitTime() });
  };
  const client: NeonQueryFunction<false, false> = Object.create(sql, {
    query: { value: query },
    transaction: { value: transaction },
  });
  const session = new NeonHttpDriver(client, DIALECT).createSession(undefined);
  const http = new NeonHttpDatabase(DIALECT, session, undefined);

  let connected: Database | undefined;
  const connect = () => (connected ??= openNeonDatabase(options)).db;
  // `http.batch` is replaced below.
  const runAll = http.batch.bind(http);
  const batch: WholeDb["batch"] = async (build) => {
    const queries = build(http);
    const [first, ...others] = queries.map(({ statement }) => statement);
    const results: unknown[] = first === undefined ? [] : await runAll([first, ...others]);
    return readAnswers(queries, results);
  };
  const viaWebSocket: WholeDb["transaction"] = (work, config) =>
    connect().transaction(work, config);
  return {
    db: Object.assign(http, { transaction: viaWebSocket, batch }),
    [Symbol.asyncDispose]: async () => connected?.[Symbol.asyncDispose](),
  };
}
