import { Buffer } from "node:buffer";
import { ByteCollector } from "./byte-collector.ts";

/** One response as the server sent it (RFC 9051, 7). */
export interface RawResponse {
  /**
   * The text without its line ends, one character per byte (Latin-1). In place of each literal it
   * contains the literal's marker, `{n}`.
   */
  line: string;
  /** The bytes of the literals, in order (RFC 9051, 4.3). */
  literals: readonly Uint8Array[];
}

/**
 * Limits in bytes. `literalBytes` applies to the size that the server announces, the others to what
 * has arrived.
 */
export interface ReaderLimits {
  /** One line, or one part of a response between two literals. */
  lineBytes: number;
  literalBytes: number;
  /** One whole response. */
  responseBytes: number;
}

/** Which limit was exceeded. */
export type ReaderExcess = keyof ReaderLimits;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
/**
 * Matches the marker of a literal (RFC 9051, 4.3). Only clients should send `+`, but it is
 * accepted.
 */
const LITERAL_MARKER = /\{(\d{1,20})\+?\}$/;
/** How many bytes at the end of a line are searched for a marker. No accepted marker is longer. */
const MARKER_LENGTH = 24;
/**
 * Matches the beginning of a response that ends in human-readable text. A `{5}` at the end of such
 * a text announces no literal (RFC 9051, 9: resp-text).
 */
const IS_STATUS = /^(?:\* (?:OK|NO|BAD|BYE|PREAUTH)\b|[^*\s]+ (?:OK|NO|BAD)\b|\+)/i;

/**
 * Splits the bytes from a server into responses. Keeps only the bytes of an incomplete response in
 * memory. Never throws.
 */
export class ResponseReader {
  readonly #limits: ReaderLimits;
  #line = "";
  #literals: Uint8Array[] | null = null;
  /** What has arrived of the current line, or of the current literal. */
  #partial: ByteCollector | null = null;
  /** Bytes of the current literal that have not arrived yet. */
  #literalLeft = 0;
  #responseBytes = 0;

  constructor(limits: ReaderLimits) {
    this.#limits = limits;
  }

  /** Whether the bytes so far end with a complete response. */
  get isEmpty(): boolean {
    return this.#responseBytes === 0;
  }

  /**
   * Reads a chunk, and passes on each complete response. Keeps no reference to the chunk.
   *
   * @returns null, or the limit that the server exceeded. Then do not call `read()` again.
   */
  read(chunk: Uint8Array, onResponse: (response: RawResponse) => void): ReaderExcess | null {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let start = 0; start < bytes.length;) {
      const end =
        this.#literalLeft > 0
          ? Math.min(start + this.#literalLeft, bytes.length)
          : bytes.indexOf(LINE_FEED, start) + 1 || bytes.length;
      this.#responseBytes += end - start;
      if (this.#responseBytes > this.#limits.responseBytes) return "responseBytes";
      const piece = bytes.subarray(start, end);
      const excess =
        this.#literalLeft > 0 ? this.#readLiteral(piece) : this.#readLine(piece, onResponse);
      if (excess !== null) return excess;
      start = end;
    }
    return null;
  }

  #readLiteral(piece: Buffer): null {
    this.#partial ??= new ByteCollector();
    this.#partial.add(piece);
    this.#literalLeft -= piece.length;
    if (this.#literalLeft === 0) this.#addLiteral(this.#takePartial());
    return null;
  }

  #readLine(piece: Buffer, onResponse: (response: RawResponse) => void): ReaderExcess | null {
    const lineBytes = (this.#partial?.length ?? 0) + piece.length;
    if (lineBytes > this.#limits.lineBytes) return "lineBytes";
    if (piece.at(-1) !== LINE_FEED) {
      this.#partial ??= new ByteCollector();
      this.#partial.add(piece);
      return null;
    }
    let line = piece;
    if (this.#partial) {
      this.#partial.add(piece);
      line = this.#takePartial();
    }
    const text = line.toString("latin1", 0, lengthWithoutEnd(line));
    this.#line += text;
    const announced = this.#announcedLiteral(text);
    if (announced === null) return this.#endResponse(onResponse);
    if (announced > this.#limits.literalBytes) return "literalBytes";
    this.#literalLeft = announced;
    if (announced === 0) this.#addLiteral(new Uint8Array());
    return null;
  }

  /**
   * Returns the size of the literal that follows this line. Returns null when the response ends
   * with this line.
   */
  #announcedLiteral(text: string): number | null {
    if (!text.endsWith("}")) return null;
    if (this.#literals === null && IS_STATUS.test(text)) return null;
    const marker = LITERAL_MARKER.exec(text.slice(-MARKER_LENGTH));
    return marker ? Number(marker[1]) : null;
  }

  #addLiteral(literal: Uint8Array): void {
    this.#literals ??= [];
    this.#literals.push(literal);
  }

  #endResponse(onResponse: (response: RawResponse) => void): null {
    const response = { line: this.#line, literals: this.#literals ?? [] };
    this.#line = "";
    this.#literals = null;
    this.#responseBytes = 0;
    onResponse(response);
    return null;
  }

  #takePartial(): Buffer {
    const bytes = this.#partial?.take() ?? Buffer.alloc(0);
    this.#partial = null;
    return bytes;
  }
}

/** Returns the length of a line without its end: CRLF, or only LF, which some servers send. */
const lengthWithoutEnd = (line: Buffer): number =>
  line.length - (line.at(-2) === CARRIAGE_RETURN ? 2 : 1);
