import type { Draw } from "../draw.ts";

/** What a mutation can use in addition to the answer. */
export interface AnswerContext {
  draw: Draw;
  /** Whether UIDs, UIDNEXT and UIDVALIDITY must stay unchanged. */
  keepsIds: boolean;
}

/**
 * Mutates an answer, which consists of whole lines. One character of the string stands for one byte
 * (Latin-1).
 */
type AnswerMutation = (answer: string, context: AnswerContext) => string;

const EXTREMES = ["0", "-1", "1", "2147483647", "2147483648", "4294967295", "4294967296"];
const HUGE = ["9007199254740993", "99999999999999999999", "00000000000000000001", "1e3"];
const INSERTED = [
  ...["\0", "\r\n", "\n", "(", ")", '"', "\\", "{5}\r\n", "{4294967295}\r\n", "NIL", " "],
  ...["* BYE later\r\n", "* 4294967295 EXISTS\r\n", "* 0 EXISTS\r\n", "* 3 EXISTS\r\n"],
  ...["* 1 EXPUNGE\r\n", "* OK [ALERT] x\r\n", "* FLAGS ()\r\n", "+ \r\n", "+ idling\r\n"],
  ...["* CAPABILITY IMAP4rev1\r\n", "* 1 FETCH (FLAGS ())\r\n", "* NO x\r\n", "* PREAUTH x\r\n"],
  ...["((((((((((", "* LIST () NIL x\r\n", "* OK [CLOSED] x\r\n", "\xff\xfe\xc3", "]"],
];
const STATUSES = [
  ...["OK", "NO", "BAD", "BYE", "PREAUTH", "ok", "NO [AUTHENTICATIONFAILED]", "OKAY"],
  ...["NO [UNAVAILABLE]", "NO [LIMIT]", "NO [NONEXISTENT]", "BAD [CLIENTBUG]"],
  ...[
    "OK [MESSAGELIMIT 1]",
    "NO [SERVERBUG]",
    "NO [TRYCREATE]",
    "OK []",
    "OK [",
    "OK [CAPABILITY]",
  ],
];
const LONG = 200_000;

/**
 * Matches text that mutations inside a line must not change if `keepsIds` is true: the numbers that
 * identify mail, and whole answers to SEARCH. A match includes the character after a number,
 * because a digit inserted there would change the number.
 */
const IDS = /.?\b(?:UID|UIDNEXT|UIDVALIDITY|APPENDUID|COPYUID)[ (]+\d+.?|^\* E?SEARCH.*\r?\n?/gim;

/**
 * Returns a random position at which the answer may be changed. Returns undefined if it finds none.
 */
function placeIn(
  answer: string,
  { draw, keepsIds }: AnswerContext,
  length = 1,
): number | undefined {
  const kept = keepsIds ? [...answer.matchAll(IDS)] : [];
  const isFree = (at: number) =>
    kept.every((id) => at + length <= id.index || at >= id.index + id[0].length);
  for (let tries = 0; tries < 20; tries++) {
    const at = draw.below(answer.length);
    if (isFree(at)) return at;
  }
  return undefined;
}

/** Replaces one random match of `pattern`. */
function replaceOne(
  answer: string,
  { draw, keepsIds }: AnswerContext,
  pattern: RegExp,
  by: (found: string) => string,
): string {
  const kept = keepsIds ? [...answer.matchAll(IDS)] : [];
  const found = [...answer.matchAll(pattern)].filter(({ index }) =>
    kept.every((id) => index < id.index || index >= id.index + id[0].length),
  );
  const match = found[draw.below(found.length)];
  if (!match) return answer;
  const end = match.index + match[0].length;
  return answer.slice(0, match.index) + by(match[0]) + answer.slice(end);
}

function withLines(answer: string, change: (lines: string[]) => void): string {
  const lines = answer.split(/(?<=\r\n)/);
  change(lines);
  return lines.join("");
}

export const ANSWER_MUTATIONS = {
  flip_bits(answer, context) {
    const bytes = Buffer.from(answer, "latin1");
    for (let count = context.draw.few(8); count > 0; count--) {
      const at = placeIn(answer, context);
      if (at !== undefined) bytes[at] = (bytes[at] ?? 0) ^ (1 << context.draw.below(8));
    }
    return bytes.toString("latin1");
  },
  cut(answer, context) {
    const length = context.draw.few(answer.length);
    const at = placeIn(answer, context, length);
    return at === undefined ? answer : answer.slice(0, at) + answer.slice(at + length);
  },
  swallow: () => "",
  drop_line: (answer, { draw }) =>
    withLines(answer, (lines) => void lines.splice(draw.below(lines.length), 1)),
  duplicate_line: (answer, { draw }) =>
    withLines(answer, (lines) => {
      const line = lines[draw.below(lines.length)] ?? "";
      lines.splice(draw.below(lines.length + 1), 0, ...Array<string>(draw.few(20)).fill(line));
    }),
  swap_lines: (answer, { draw }) =>
    withLines(answer, (lines) => {
      const [a, b] = [draw.below(lines.length), draw.below(lines.length)];
      [lines[a], lines[b]] = [lines[b] ?? "", lines[a] ?? ""];
    }),
  number: (answer, context) =>
    replaceOne(answer, context, /\d+/g, () =>
      context.draw.pick(context.draw.chance(0.7) ? EXTREMES : HUGE),
    ),
  literal: (answer, context) =>
    replaceOne(answer, context, /\{\d+\}(?=\r\n)/g, (found) => {
      const size = Number(found.slice(1, -1));
      const { draw } = context;
      const sizes = [0, size - 1, size + 1, size * 2, size + draw.few(1_000)];
      return `{${draw.chance(0.8) ? draw.pick(sizes) : draw.pick(EXTREMES)}}`;
    }),
  insert(answer, context) {
    const at = placeIn(answer, context);
    if (at === undefined) return answer;
    const { draw } = context;
    const piece = draw.chance(0.05)
      ? draw.pick(["a", "(", '"', " "]).repeat(LONG)
      : draw.pick(INSERTED);
    return answer.slice(0, at) + piece + answer.slice(at);
  },
  insert_line: (answer, { draw }) =>
    withLines(answer, (lines) =>
      lines.splice(draw.below(lines.length + 1), 0, draw.pick(INSERTED)),
    ),
  status: (answer, context) =>
    replaceOne(answer, context, /(?<=^\S+ )(?:OK|NO|BAD)\b/gm, () => context.draw.pick(STATUSES)),
  atom: (answer, context) =>
    replaceOne(answer, context, /"[^"\r\n]*"|\bNIL\b|\([^()\r\n]*\)/g, () =>
      context.draw.pick(["NIL", '""', "()", "(", '"', "(NIL NIL)", "\\", "[]", "x"]),
    ),
} as const satisfies Record<string, AnswerMutation>;
