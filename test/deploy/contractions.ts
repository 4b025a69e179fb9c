/**
 * Returns a fault for each statement that would break a running instance with the old schema. Such
 * an instance does not write new columns, and still uses the columns that the migration drops.
 */
export function contractions(migration: string): string[] {
  const made = new Set([...migration.matchAll(/\bcreate table (\w+)/gi)].map(([, table]) => table));
  return splitStatements(migration).flatMap((statement) =>
    RULES.filter(({ pattern }) => {
      const [, table] = /\b(?:alter table|on) (\w+)/i.exec(statement) ?? [];
      return pattern.test(statement) && !made.has(table) && !isOfNewColumns(statement, migration);
    }).map(({ fault }) => `${fault}: ${statement.slice(0, 80)}`),
  );
}

/**
 * Whether the statement is a unique index on columns that the same migration adds. Running instances
 * leave these columns null, and nulls are distinct.
 */
function isOfNewColumns(statement: string, migration: string): boolean {
  const [, list] = /^create unique index \w+ on \w+ \(([\w, ]+)\)$/i.exec(statement) ?? [];
  return (
    list !== undefined &&
    list
      .split(", ")
      .every((column) => new RegExp(`\\badd column ${column} \\w+,?\\n`, "i").test(migration))
  );
}

const RULES: { fault: string; pattern: RegExp }[] = [
  { fault: "drops what is in use", pattern: /\bdrop (table|column|view|type|schema|function)\b/i },
  { fault: "renames what is in use", pattern: /\brename\b/i },
  { fault: "changes a type", pattern: /\balter column \w+ (set data )?type\b/i },
  {
    fault: "wants a value that is not written",
    pattern: /\balter column \w+ (set not null|drop default)\b/i,
  },
  {
    fault: "wants a value that is not written",
    pattern:
      /\badd column (?:(?!\bdefault\b|\badd column\b)[^,])*\bnot null\b(?!(?:(?!\badd column\b)[^,])*\bdefault\b)/i,
  },
  { fault: "refuses what is written", pattern: /\badd constraint\b|\bcreate unique index\b/i },
  { fault: "empties what is in use", pattern: /\btruncate\b/i },
];

/** Returns the statements without comments and function bodies. Each statement is on one line. */
const splitStatements = (migration: string): string[] =>
  migration
    .replaceAll(/--.*$/gm, "")
    .replaceAll(/\$\$.*?\$\$/gs, "")
    .split(";")
    .map((statement) => statement.replaceAll(/\s+/g, " ").trim())
    .filter((statement) => statement !== "");
