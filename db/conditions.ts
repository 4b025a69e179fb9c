import { type SQL, sql, type SQLWrapper } from "drizzle-orm";
import { findSqlState, type Db } from "./client.ts";
import { compiled } from "./compiled.ts";
import { noRows, type Query, query } from "./query.ts";

const DIVISION_BY_ZERO = "22012";

/**
 * Fails unless the SQL selects a row. In a batch, nothing is then written. Select `for update` to
 * lock the row until the transaction ends.
 */
export const requireRow = (db: Db, rows: SQL): Query<void> =>
  noRows(db.execute(sql`select 1 / count(*) from (${rows}) as required`));

/**
 * Runs a statement, and fails, as `requireRow()`, unless it changes this number of rows.
 * @param change An update that returns a row for each row that it changes.
 */
export const requireCount = (db: Db, change: SQLWrapper, wanted: number): Query<void> =>
  noRows(
    db.execute(sql`
      with changed as ${change}
      select 1 / case when count(*) = ${wanted}::int then 1 else 0 end from changed`),
  );

/** Whether an error means that a row required by `requireRow()` was not there, or another number of rows changed. */
export const isRowMissing = (error: unknown): boolean => findSqlState(error) === DIVISION_BY_ZERO;

/** Reads the present time of the database server. */
export const readServerTime = compiled<[], Date>((db) =>
  query(
    db.execute<{ ms: string }>(sql`select floor(extract(epoch from now()) * 1000)::text as ms`),
    ({ rows }) => new Date(Number(rows[0]?.ms)),
  ),
);
