import type { Scanner } from "./scanner.ts";

const PLAIN_ITEMS = [
  "FLAGS",
  "UID",
  "INTERNALDATE",
  "RFC822.SIZE",
  "ENVELOPE",
  "BODYSTRUCTURE",
  "X-GM-MSGID",
  "X-GM-THRID",
  "X-GM-LABELS",
] as const;

/** Which text of a message or of a MIME part a section (`BODY[…]`) selects. */
export type SectionText =
  | { kind: "all" | "header" | "text" | "mime" }
  | { kind: "header-fields"; names: string[]; inverted: boolean };

/**
 * One data item of a FETCH command. `label` is the name of a section in the response, such as
 * `BODY[TEXT]<0>`.
 */
export type FetchItem =
  | { name: (typeof PLAIN_ITEMS)[number] | "BODY" }
  | {
      name: "section";
      label: string;
      part: number[];
      text: SectionText;
      peek: boolean;
      partial?: { offset: number; length: number };
    };

const FAST: FetchItem[] = [{ name: "FLAGS" }, { name: "INTERNALDATE" }, { name: "RFC822.SIZE" }];
const ALL: FetchItem[] = [...FAST, { name: "ENVELOPE" }];
const MACROS = { FAST, ALL, FULL: [...ALL, { name: "BODY" }] } satisfies Record<
  string,
  FetchItem[]
>;

export function parseFetchItems(scanner: Scanner): FetchItem[] {
  for (const [macro, items] of Object.entries(MACROS)) if (scanner.take(macro)) return items;
  if (scanner.take("(")) return parseItemList(scanner);
  return [parseFetchItem(scanner)];
}

function parseItemList(scanner: Scanner): FetchItem[] {
  const items = [parseFetchItem(scanner)];
  while (!scanner.take(")")) {
    scanner.space();
    items.push(parseFetchItem(scanner));
  }
  return items;
}

function parseFetchItem(scanner: Scanner): FetchItem {
  if (scanner.take("BODY.PEEK[")) return parseSection(scanner, true);
  if (scanner.take("BODY[")) return parseSection(scanner, false);
  const name = scanner.atom().toUpperCase();
  const plain = PLAIN_ITEMS.find((item) => item === name);
  if (plain) return { name: plain };
  const whole = { name: "section" as const, label: name, part: [] };
  if (name === "BODY") return { name };
  if (name === "RFC822") return { ...whole, text: { kind: "all" }, peek: false };
  if (name === "RFC822.HEADER") return { ...whole, text: { kind: "header" }, peek: true };
  if (name === "RFC822.TEXT") return { ...whole, text: { kind: "text" }, peek: false };
  return scanner.fail("a FETCH item");
}

/**
 * Parses the text after `BODY[`, for example `1.2.HEADER.FIELDS (FROM DATE)]<0.100>`. Everything
 * except `]` is optional.
 */
function parseSection(scanner: Scanner, peek: boolean): FetchItem {
  const path = scanner.take("]") ? "" : scanner.atom().toUpperCase();
  const { numbers = "", text = "" } = /^(?<numbers>[\d.]*)(?<text>.*)$/.exec(path)?.groups ?? {};
  const part = numbers.split(".").filter(Boolean).map(Number);
  const section = parseSectionText(scanner, text, part.length > 0);
  if (path !== "") scanner.expect("]");
  const partial = parsePartial(scanner);
  const fields = section.kind === "header-fields" ? ` (${section.names.join(" ")})` : "";
  const origin = partial ? `<${partial.offset}>` : "";
  const label = `BODY[${path}${fields}]${origin}`;
  return { name: "section", label, part, text: section, peek, ...(partial && { partial }) };
}

function parseSectionText(scanner: Scanner, text: string, isOfPart: boolean): SectionText {
  if (text === "") return { kind: "all" };
  if (text === "HEADER") return { kind: "header" };
  if (text === "TEXT") return { kind: "text" };
  if (text === "MIME" && isOfPart) return { kind: "mime" };
  if (text !== "HEADER.FIELDS" && text !== "HEADER.FIELDS.NOT") return scanner.fail("a section");
  scanner.space();
  const names = scanner.list(() => scanner.astring().toUpperCase());
  return { kind: "header-fields", names, inverted: text === "HEADER.FIELDS.NOT" };
}

function parsePartial(scanner: Scanner): { offset: number; length: number } | undefined {
  if (!scanner.take("<")) return undefined;
  const offset = scanner.number();
  // imapflow omits the length when it requests all data from an offset to the end.
  const length = scanner.take(".") ? scanner.number() : Infinity;
  scanner.expect(">");
  return { offset, length };
}
