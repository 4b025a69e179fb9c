import { type SQL, sql } from "drizzle-orm";

/** What a driver runs. A statement with a name is parsed and planned once per connection. */
export interface Statement {
  text: string;
  name?: string | undefined;
}

const MARK = /^\/\* prepared (\w+) \*\//;

/**
 * Marks a statement, so that it is prepared at its first run on each connection. Use this for
 * statements that run often and take the server longer to plan than to run.
 *
 * @param name Unique among all statements. The text of the statement must be the same at each call
 *   with this name; only the parameters may differ.
 */
export const prepared = (name: string, statement: SQL): SQL =>
  sql`${sql.raw(`/* prepared ${name} */`)}${statement}`;

/**
 * If `prepared()` has marked the statement, returns it with its name. Otherwise returns it
 * unchanged.
 */
export function nameStatement(statement: Statement): Statement {
  const name = MARK.exec(statement.text)?.[1];
  return name === undefined ? statement : { ...statement, name };
}
