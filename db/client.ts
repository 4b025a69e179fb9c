import type { PgDatabase, PgQueryResultHKT } from "drizzle-orm/pg-core";
import type { Answers, Batchable } from "./query.ts";

/** What a query returns, whichever driver ran it. */
interface QueryResult<Row> {
  rows: Row[];
  /**
   * How many rows the statement returned or changed. Null for a statement, such as LOCK, for which
   * the server reports no number.
   */
  rowCount: number | null;
}

export interface QueryResultHKT extends PgQueryResultHKT {
  type: QueryResult<this["row"]>;
}

/** A database, or a transaction in it. Every function with a query accepts both. */
export type Db = Pick<
  PgDatabase<QueryResultHKT>,
  | "select"
  | "selectDistinct"
  | "selectDistinctOn"
  | "insert"
  | "update"
  | "delete"
  | "execute"
  | "transaction"
  | "_"
>;

/** A database, but not a transaction in it. */
export interface WholeDb extends Db {
  /**
   * Runs queries in one transaction, in their order. Over HTTP this is one round trip. When a query
   * fails, nothing is written.
   *
   * @param build Builds the queries with the database that it is given, and awaits none of them.
   */
  batch<const Queries extends readonly Batchable<unknown>[]>(
    build: (db: Db) => Queries,
    options?: BatchOptions,
  ): Promise<Answers<Queries>>;
}

export interface BatchOptions {
  /**
   * Whether the queries run in one transaction. The default is true. Queries of which at most one
   * writes need none; over TCP they are then sent without `begin` and `commit`.
   */
  isAtomic?: boolean;
}

/** The options that all drivers have. */
export interface DatabaseOptions {
  /** A URL such as `postgres://user@host/database`. */
  url: string;
  maxConnections: number;
  /**
   * How long to wait for a connection, and then for the answer to each query. A connection that
   * does not answer in time is closed and replaced. The default is 30 s.
   */
  timeoutMs?: number;
  /**
   * Called before each query and each transaction. When it rejects, the query or transaction
   * rejects with the same error.
   */
  admit?: () => Promise<void>;
  /**
   * Whether each statement is parsed and planned only once per connection. The default is false:
   * only the statements that `prepared()` marks.
   */
  preparesAll?: boolean;
  /** Called when a connection is lost. The pool opens a new one. */
  onConnectionLost?: (error: Error) => void;
}

/** A new connection of the pool, before any other query uses it. */
export interface RawConnection {
  query(text: string): Promise<{ rows: unknown[] }>;
}

export interface Database extends AsyncDisposable {
  db: WholeDb;
  /**
   * Returns a client that uses the same connections. It calls `admit` as `DatabaseOptions`
   * describes.
   */
  admitting(admit: () => Promise<void>): WholeDb;
  /** Sets a check: from now on, a new connection is used only after `accept` resolves. */
  acceptBy(accept: (connection: RawConnection) => Promise<void>): void;
}

/**
 * Matches an error code of PostgreSQL (SQLSTATE). Each of them contains a digit. `EPIPE`, the code
 * of a broken socket, does not.
 */
const SQLSTATE = /^(?=.*\d)[0-9A-Z]{5}$/;

/** Matches the error codes with which the server ends a connection (PostgreSQL, appendix A). */
const ENDS_CONNECTION = /^(08|57P|25P0[34])/;

/** Whether an error is the server's refusal of a query, after which the connection still works. */
export function keepsConnection(error: unknown): boolean {
  const sqlState = findSqlState(error);
  return sqlState !== undefined && !ENDS_CONNECTION.test(sqlState);
}

/**
 * Returns the SQLSTATE of a failed query, such as `23505` (unique constraint violated). Looks in
 * the error, then in its `cause`, then in the `cause` of that error, and so on.
 */
export function findSqlState(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string" && SQLSTATE.test(cause.code)) {
      return cause.code;
    }
  }
  return undefined;
}

/** Returns the name of the constraint that a failed query violated. */
export function findConstraint(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("constraint" in cause && typeof cause.constraint === "string") return cause.constraint;
  }
  return undefined;
}
