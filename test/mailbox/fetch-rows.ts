/**
 * Replaces each row of FETCH in a server's text with the result of `change`. A row includes its
 * literals (RFC 9051, 7.5.2). The text must not end inside a row.
 */
export function replaceRows(text: string, change: (row: string) => string): string {
  const start = /^\* \d+ FETCH /m.exec(text)?.index;
  if (start === undefined) return text;
  const end = findRowEnd(text, start);
  return (
    text.slice(0, start) + change(text.slice(start, end)) + replaceRows(text.slice(end), change)
  );
}

function findRowEnd(text: string, start: number): number {
  const lineEnd = text.indexOf("\r\n", start) + 2;
  const literal = /\{(\d+)\}\r\n$/.exec(text.slice(start, lineEnd));
  return literal ? findRowEnd(text, lineEnd + Number(literal[1])) : lineEnd;
}
