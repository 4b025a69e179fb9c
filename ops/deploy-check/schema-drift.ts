/** Returns the differences between two schemas. Both are in the format of db/dump-schema.ts. */
export function schemaDrift(expected: string, found: string): string[] {
  const wanted = parseDump(expected);
  const there = parseDump(found);
  return [
    ...[...wanted].filter((line) => !there.has(line)).map((line) => `missing: ${line}`),
    ...[...there].filter((line) => !wanted.has(line)).map((line) => `not ours: ${line}`),
  ];
}

/** Returns the lines of a dump, each with the name of its table as a prefix. */
function parseDump(dump: string): Set<string> {
  const lines = dump.split("\n\n").flatMap((block) => {
    const [table = "", ...rest] = block.split("\n").filter((line) => line !== "");
    return rest.map((line) => `${table} ${line.trim()}`);
  });
  return new Set(lines);
}
