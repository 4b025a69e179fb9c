import type { RowLie } from "./fitting-lies.ts";

const ODD_DATES = ["NIL", '"soon"', '"01-Jan-1970 00:00:00 +0000"', '"01-Jan-2400 00:00:00 +0000"'];

/** Returns what the server sends in place of a row of FETCH for a lie of this kind. */
export function lieInRow(row: Uint8Array, kind: RowLie, shade: number): Uint8Array {
  const text = Buffer.from(row).toString("latin1");
  return Buffer.from(tamper(text, kind, shade), "latin1");
}

function tamper(row: string, kind: RowLie, shade: number): string {
  switch (kind) {
    case "row_left_out":
      return "";
    case "row_unasked":
      return `${formatFlags(row)}${row}`;
    case "row_unreadable":
      return row.replace(row.includes("ENVELOPE (") ? "ENVELOPE (" : "(", (start) => `${start}"`);
    case "row_without_uid":
      return row.replace(/UID \d+ | UID \d+(?=\)\r\n$)/, "");
    case "date_odd": {
      const date = ODD_DATES[Math.floor(shade * ODD_DATES.length)] ?? "NIL";
      return row.replace(/(?<=INTERNALDATE )"[^"]*"/, date);
    }
    case "literal_empty":
      return withBody(row, () => "");
    case "body_changed":
      return withBody(row, (body) => `X-Scanned: ${shade}\r\n${body}`);
  }
}

function formatFlags(row: string): string {
  const [, sequence = "1"] = /^\* (\d+)/.exec(row) ?? [];
  const [uid = "UID 1"] = /UID \d+/.exec(row) ?? [];
  return `* ${sequence} FETCH (FLAGS (\\Seen) ${uid})\r\n`;
}

function withBody(row: string, change: (body: string) => string): string {
  const marker = /BODY\[\] \{(\d+)\}\r\n/.exec(row);
  if (!marker) return row;
  const {
    index,
    0: { length },
    1: size,
  } = marker;
  const start = index + length;
  const end = start + Number(size);
  const body = change(row.slice(start, end));
  return `${row.slice(0, index)}BODY[] {${body.length}}\r\n${body}${row.slice(end)}`;
}
