/**
 * The maximum number of lines in a mail. A mail of the maximum size, 5 MiB, has 67,000 lines of 76
 * characters. Parsing 150,000 blank lines takes 0.1 s.
 */
const MAX_LINES = 150_000;
/**
 * The maximum number of lines that begin with two dashes. Each may be a boundary, which begins a
 * part. Parsing 20,000 parts takes 0.25 s.
 */
const MAX_DASHED_LINES = 20_000;
/**
 * The maximum number of equals signs in a mail. Each may end a piece of base64, and each piece gets
 * its own buffer. Parsing 500,000 pieces takes 0.2 s.
 */
const MAX_EQUALS_SIGNS = 500_000;

const LF = 0x0a;
const DASH = 0x2d;
const EQUALS_SIGN = 0x3d;

/**
 * Returns why parsing a mail would take too long, or null. Counting is thousands of times cheaper
 * than parsing. The times above were measured with postal-mime 4.0.0 under Bun.
 */
export function findExcess(raw: Uint8Array): string | null {
  let lines = 0;
  let dashedLines = 0;
  for (let start = 0; start < raw.length; lines++) {
    if (raw[start] === DASH && raw[start + 1] === DASH) dashedLines++;
    const end = raw.indexOf(LF, start);
    start = end === -1 ? raw.length : end + 1;
  }
  return (
    tooMany(lines, MAX_LINES, "lines") ??
    tooMany(dashedLines, MAX_DASHED_LINES, "lines that may begin a part") ??
    tooMany(countByte(raw, EQUALS_SIGN), MAX_EQUALS_SIGNS, "equals signs")
  );
}

function countByte(raw: Uint8Array, byte: number): number {
  let count = 0;
  for (let at = raw.indexOf(byte); at !== -1; at = raw.indexOf(byte, at + 1)) count++;
  return count;
}

const tooMany = (found: number, wanted: number, what: string): string | null =>
  found > wanted ? `found ${found} ${what}, wanted at most ${wanted}` : null;
