import { Buffer } from "node:buffer";
import { decodeText, findEncoding } from "./charset.ts";

/**
 * Matches an encoded word (RFC 2047, 2). Takes linear time, because each part of an encoded word
 * ends at the first question mark.
 */
const ENCODED_WORD = /=\?([^?\s]+)\?([QB])\?([^?]*)\?=/gi;
const WHITESPACE = /^[ \t\r\n]*$/;

interface Word {
  /**
   * The charset of the first word of a run of adjacent words, without its language (RFC 2231, 5).
   */
  charset: string;
  /** The decoded bytes of each word of the run. */
  chunks: Buffer[];
}

/**
 * Decodes the encoded words of a header (RFC 2047). White space between two encoded words is
 * removed (6.2). Adjacent words with the same charset are decoded together, because many programs
 * split a character between two words.
 */
export function decodeWords(text: string): string {
  if (!text.includes("=?")) return text;
  let decoded = "";
  let position = 0;
  let run: Word | null = null;
  for (const match of text.matchAll(ENCODED_WORD)) {
    const [whole, label = "", encoding = "", encoded = ""] = match;
    const between = text.slice(position, match.index);
    const charset = label.split("*", 1)[0] ?? "";
    const bytes = /q/i.test(encoding) ? decodeQ(encoded) : Buffer.from(encoded, "base64");
    position = match.index + whole.length;
    const isNeighbour = run !== null && WHITESPACE.test(between);
    if (run && isNeighbour && isSame(run.charset, charset)) {
      run.chunks.push(bytes);
      continue;
    }
    decoded += decodeRun(run) + (isNeighbour ? "" : between);
    run = { charset, chunks: [bytes] };
  }
  return decoded + decodeRun(run) + text.slice(position);
}

const isSame = (one: string, other: string) =>
  one.toLowerCase() === other.toLowerCase() ||
  (findEncoding(one) !== null && findEncoding(one) === findEncoding(other));

function decodeRun(run: Word | null): string {
  if (!run) return "";
  const together = decodeText(Buffer.concat(run.chunks), run.charset);
  if (run.chunks.length === 1 || !together.includes("\uFFFD")) return together;
  // In charsets with shift states, such as ISO-2022-JP, each word begins in the initial state.
  // Decoding such words together may damage them.
  const apart = run.chunks.map((chunk) => decodeText(chunk, run.charset)).join("");
  return countLost(apart) < countLost(together) ? apart : together;
}

const countLost = (text: string) => text.split("\uFFFD").length;

/**
 * Decodes Q encoding (RFC 2047, 4.2). Characters that the sender should have encoded stay
 * unchanged.
 */
function decodeQ(encoded: string): Buffer {
  const source = Buffer.from(encoded.replaceAll(/[_\s]/g, " "));
  const bytes = Buffer.alloc(source.length);
  let length = 0;
  for (let index = 0; index < source.length; index++) {
    const hex = source[index] === 0x3d ? source.toString("latin1", index + 1, index + 3) : "";
    const isByte = /^[0-9a-f]{2}$/i.test(hex);
    bytes[length++] = isByte ? Number.parseInt(hex, 16) : (source[index] ?? 0);
    if (isByte) index += 2;
  }
  return bytes.subarray(0, length);
}
