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

/** The most statements that a connection prepares. The edge has fewer different statements. */
const MAX_STATEMENTS = 500;
/** A longer text has a list whose length varies, and so would rarely be used again. */
const MAX_TEXT_LENGTH = 8_000;

/**
 * Returns a function that names every statement, so that each is parsed and planned once per
 * connection. Use it for a process that keeps its connections and has few different statements.
 */
export function nameAllStatements(): typeof nameStatement {
  const names = new Map<string, string>();
  return (statement) => {
    const marked = nameStatement(statement);
    const { text } = statement;
    if (marked.name !== undefined || text.length > MAX_TEXT_LENGTH) return marked;
    const known = names.get(text);
    if (known !== undefined) return { ...statement, name: known };
    if (names.size >= MAX_STATEMENTS) return statement;
    const name = `all_${names.size}`;
    names.set(text, name);
    return { ...statement, name };
  };
}
