import type { Draw } from "../draw.ts";
import { CHARSETS, ENCODINGS, HEADER_NAMES, LINES, MEDIA_TYPES, REPEATED } from "./mail-words.ts";

/** What a mutation can use in addition to the mail. */
export interface MutationContext {
  draw: Draw;
  /** Another mail. Mutations may insert pieces of it. */
  other: string;
  /** The maximum size of the result in bytes. */
  maxBytes: number;
}

/** Mutates a mail. One character of the string stands for one byte (Latin-1). */
type MailMutation = (mail: string, context: MutationContext) => string;

const EXTREMES = ["0", "-1", "1e9", "2147483648", "4294967296", "99999999999999999999"];
const MAX_LEVELS = 80;

const put = (mail: string, at: number, piece: string) => mail.slice(0, at) + piece + mail.slice(at);
const splitLines = (mail: string) => mail.split(/(?<=\n)/);

/** Returns the position after the header section. */
function bodyStart(mail: string): number {
  const found = /\r?\n\r?\n/.exec(mail);
  return found ? found.index + found[0].length : mail.length;
}

function withLines(
  mail: string,
  draw: Draw,
  change: (lines: string[], at: number, count: number) => void,
): string {
  const lines = splitLines(mail);
  change(lines, draw.below(lines.length), draw.few(12));
  return lines.join("");
}

/** Returns a word that is special in mails, or a random piece of `mail` or of the other mail. */
function drawPiece({ draw, other }: MutationContext, mail: string): string {
  if (draw.chance(0.6)) return draw.pick(REPEATED);
  const from = draw.chance(0.5) ? mail : other;
  const at = draw.below(from.length);
  return from.slice(at, at + draw.few(60)) || "a";
}

const repeated = (piece: string, bytes: number) =>
  piece.repeat(Math.ceil(bytes / piece.length)).slice(0, bytes);

const replaced = (mail: string, { draw }: MutationContext, pattern: RegExp, by: string) => {
  const found = [...mail.matchAll(pattern)];
  const match = found[draw.below(found.length)];
  return match === undefined
    ? mail
    : mail.slice(0, match.index) + by + mail.slice(match.index + match[0].length);
};

export const MAIL_MUTATIONS = {
  flip_bits(mail, { draw }) {
    const bytes = Buffer.from(mail, "latin1");
    for (let count = draw.few(16); count > 0; count--) {
      const at = draw.below(bytes.length);
      bytes[at] = (bytes[at] ?? 0) ^ (1 << draw.below(8));
    }
    return bytes.toString("latin1");
  },
  cut(mail, { draw }) {
    const at = draw.below(mail.length);
    return mail.slice(0, at) + (draw.chance(0.3) ? "" : mail.slice(at + draw.few(mail.length)));
  },
  drop_lines: (mail, { draw }) =>
    withLines(mail, draw, (lines, at, count) => void lines.splice(at, count)),
  duplicate_lines: (mail, { draw }) =>
    withLines(mail, draw, (lines, at, count) =>
      lines.splice(draw.below(lines.length), 0, ...lines.slice(at, at + count)),
    ),
  swap_lines: (mail, { draw }) =>
    withLines(mail, draw, (lines, at) => {
      const to = draw.below(lines.length);
      [lines[at], lines[to]] = [lines[to] ?? "", lines[at] ?? ""];
    }),
  add_line: (mail, { draw }) =>
    withLines(mail, draw, (lines, at) => void lines.splice(at, 0, `${draw.pick(LINES)}\r\n`)),
  bare_line_ends: (mail, { draw }) =>
    mail.replaceAll("\r\n", draw.pick(["\n", "\r", "\n\r", "\r\r\n"])),
  splice_headers: (mail, { other, draw }) =>
    draw.chance(0.5)
      ? other.slice(0, bodyStart(other)) + mail.slice(bodyStart(mail))
      : put(
          mail,
          0,
          splitLines(other.slice(0, bodyStart(other)))
            .slice(0, draw.few(9))
            .join(""),
        ),
  splice_bodies: (mail, { other, draw }) =>
    put(mail, draw.below(mail.length), other.slice(draw.below(other.length))),
  number: (mail, context) => replaced(mail, context, /\d+/g, context.draw.pick(EXTREMES)),
  charset: (mail, context) =>
    replaced(mail, context, /(?<=charset=)[^\r\n;]*/gi, context.draw.pick(CHARSETS)),
  encoding: (mail, { draw }) =>
    put(mail, 0, `Content-Transfer-Encoding: ${draw.pick(ENCODINGS)}\r\n`),
  media_type: (mail, { draw }) =>
    put(mail, 0, `Content-Type: ${draw.pick(MEDIA_TYPES)}; charset=${draw.pick(CHARSETS)}\r\n`),
  long_run(mail, context) {
    const bytes = context.draw.few(Math.max(context.maxBytes - mail.length, 1));
    return put(mail, context.draw.below(mail.length), repeated(drawPiece(context, mail), bytes));
  },
  /** Adds a header field that brings the mail to its maximum size. */
  long_field(mail, context) {
    const { draw, maxBytes } = context;
    const start = `${draw.pick(HEADER_NAMES)}: ${draw.chance(0.5) ? `${draw.pick(MEDIA_TYPES)}; ` : drawPiece(context, mail)}`;
    const run = repeated(drawPiece(context, mail), Math.max(maxBytes - mail.length, 0));
    return put(mail, 0, `${start}${run}${drawPiece(context, mail)}\r\n`);
  },
  /** Repeats a piece until the mail has its maximum size. */
  long_text(mail, context) {
    const { draw, maxBytes } = context;
    const piece = draw.chance(0.5)
      ? drawPiece(context, mail)
      : `${drawPiece(context, mail)}${draw.pick(LINES)}${draw.pick(["\n", "\r\n", " ", ""])}`;
    const at = draw.chance(0.5) ? bodyStart(mail) : mail.length;
    return put(mail, at, repeated(piece, Math.max(maxBytes - mail.length, 0)));
  },
  nest(mail, { draw }) {
    let nested = mail;
    for (let level = draw.few(MAX_LEVELS); level > 0; level--) {
      const boundary = draw.pick(["b", "b-", `b${level}`, "=_", `"b ${level}"`]);
      const bare = boundary.replaceAll('"', "");
      nested = `Content-Type: ${draw.pick(["multipart/mixed", "multipart/alternative", "multipart/digest"])}; boundary=${boundary}\r\n\r\n--${bare}\r\n${nested}\r\n--${bare}${draw.pick(["--", "", " --"])}\r\n`;
    }
    return nested;
  },
  forward: (mail, { draw }) => {
    const head = "Subject: forwarded\r\nContent-Type: message/rfc822\r\n\r\n";
    return head.repeat(draw.few(MAX_LEVELS)) + mail;
  },
} as const satisfies Record<string, MailMutation>;
