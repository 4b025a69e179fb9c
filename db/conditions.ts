import { type SQL, sql } from "drizzle-orm";
import { findSqlState, type Db } from "./client.ts";
import { noRows, type Query, query } from "./query.ts";

const DIVISION_BY_ZERO = "22012";

/**
 * Fails unless the SQL selects a row. In a batch, nothing is then written. Select `for update` to
 * lock the row until the transaction ends.
 */
export const requireRow = (db: Db, rows: SQL): Query<void> =>
  noRows(db.execute(sql`select 1 / count(*) from (${rows}) as required`));

/** Whether an error means that a row required by `requireRow()` was not there. */
export const isRowMissing = (error: unknown): boolean => findSqlState(error) === DIVISION_BY_ZERO;

/** Reads the present time of the database server. */
export const readServerTime = (db: Db): Query<Date> =>
  query(
    db.execute<{ ms: string }>(sql`select floor(extract(epoch from now()) * 1000)::text as ms`),
    ({ rows }) => new Date(Number(rows[0]?.ms)),
  );
