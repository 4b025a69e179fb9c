/**
 * The characters that an attack may contain. For each piece of a pattern, the attack contains the
 * first of these characters that matches the piece.
 */
const CANDIDATES = Array.from("a1 @<>=?.-_:;,\"'()[]{}/\\&#%+*!|^$~`\t\n\rZé日：\u0001");
const MAX_SAMPLES = 10;
const MAX_PREFIXES = 12;

/** A piece of a regular expression: a character class, an escape, a dot or a literal character. */
const PIECE =
  /\[(?:\\.|[^\]\\])*\]|\\[pP]\{[^}]*\}|\\u\{[^}]*\}|\\u[\da-fA-F]{4}|\\x[\da-fA-F]{2}|\\.|[^\\]/gsu;
const OPERATOR = /^(?:[(|)*+?^$]|\\[bB]|\\\d)$/;

export interface Attack {
  prefix: string;
  unit: string;
  suffix: string;
}

export const buildAttack = ({ prefix, unit, suffix }: Attack, length: number): string =>
  prefix + unit.repeat(Math.max(1, Math.floor(length / unit.length))) + suffix;

/**
 * Returns attacks (texts on which a regular expression may be slow). Each attack repeats characters
 * that match pieces of the expression, so that the text almost matches.
 */
export function attacksOn(source: string, flags: string): Attack[] {
  const samples = findSamples(source, flags);
  const whole = samples.join("");
  const prefixes = new Set(["", ...samples.map((_, n) => samples.slice(0, n + 1).join(""))]);
  const distinct = [...new Set(samples)].slice(0, MAX_SAMPLES);
  const units = new Set([
    ...distinct,
    ...distinct.flatMap((one) => distinct.map((other) => one + other)),
    ...prefixes,
    ...findWords(source).flatMap((word) => [word, `${word} `]),
    whole,
    `${whole}\n`,
  ]);
  units.delete("");
  const few = [...prefixes].slice(0, MAX_PREFIXES);
  return [...units].flatMap((unit) =>
    few.flatMap((prefix) => ["", "\u0000"].map((suffix) => ({ prefix, unit, suffix }))),
  );
}

/** Returns a matching character for each piece of a regular expression, in order. */
function findSamples(source: string, flags: string): string[] {
  const withoutGroups = source
    .replaceAll(/\(\?(?:[:=!]|<[=!]|<\w+>)/g, "(")
    .replaceAll(/\{\d*,?\d*\}/g, "");
  return [...withoutGroups.matchAll(PIECE)].flatMap(([piece]) => {
    if (OPERATOR.test(piece)) return [];
    const only = new RegExp(`^(?:${piece})$`, flags.replaceAll(/[gy]/g, ""));
    const members = CANDIDATES.filter((character) => only.test(character));
    if (members.length > 0) return members.slice(0, 1);
    return only.test(piece) ? [piece] : [];
  });
}

/** Returns the words that a regular expression contains literally. */
const findWords = (source: string) =>
  [...source.matchAll(/[\p{L}\d][\p{L}\d @<=-]{1,30}/gu)].slice(0, 12).map(([word]) => word);
