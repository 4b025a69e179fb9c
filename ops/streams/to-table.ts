const NUMBER = /^[\d.]+( [A-Za-z%]+)?$/;

/**
 * Returns a table as text. Columns of numbers are aligned to the right. Without rows, the text says
 * that there are none.
 */
export function toTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return `${head[0]}: none`;
  const widths = head.map((title, at) =>
    Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)),
  );
  const isNumber = head.map((_, at) => rows.every((row) => NUMBER.test(row[at] || "0")));
  const line = (cells: readonly string[]) =>
    widths
      .map((width, at) => {
        const cell = cells[at] ?? "";
        return isNumber[at] ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [head, ...rows].map(line).join("\n");
}
