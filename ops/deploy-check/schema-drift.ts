/** What one dump of a schema has and another has not: lines as db/dump-schema.ts writes them. */
export function schemaDrift(expected: string, found: string): string[] {
  const wanted = linesOf(expected);
  const there = linesOf(found);
  return [
    ...[...wanted].filter((line) => !there.has(line)).map((line) => `missing: ${line}`),
    ...[...there].filter((line) => !wanted.has(line)).map((line) => `not ours: ${line}`),
  ];
}

/** Each with its table in front. */
function linesOf(dump: string): Set<string> {
  const lines = dump.split("\n\n").flatMap((block) => {
    const [table = "", ...rest] = block.split("\n").filter((line) => line !== "");
    return rest.map((line) => `${table} ${line.trim()}`);
  });
  return new Set(lines);
}
