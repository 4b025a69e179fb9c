import type { Transform } from "node:stream";
import type { ImapFlow } from "imapflow";
import {
  BLAMED_BYTES,
  countNamed,
  countOf,
  InputCount,
  type InputKind,
  type InputLimits,
  inputLimits,
  MAX_ENCODED_WORDS,
  MAX_HIGH_BYTES,
  MAX_LABELS_BYTES,
  MAX_NAMED_UIDS,
  UNASKED,
} from "./input-limits.ts";
import type { InputTurns } from "./input-turns.ts";

/** A response with its literals, as the library's stream hands it on. */
interface Response {
  payload: Uint8Array;
  literals?: readonly Uint8Array[];
  /** Lets the stream go on. */
  next(): void;
}

/** The library's stream between socket and parser, as far as it is used here. */
type LibraryStream = Transform & {
  maxLineLength: number;
  maxLiteralSize: number;
  maxResponseSize: number;
  /** Bytes to come of a literal, which are only collected. */
  literalWaiting: number;
};

/** Why a connection was ended here. */
export type Excess =
  /** More came than the command can need, or than anybody sends unasked. */
  | "too_much_sent"
  /** One piece took so long that the process stood still. */
  | "stalled";

/** Bytes that are handled in one go: a hundred short lines, which take a few milliseconds. */
const PIECE_BYTES = 1_024;
/** The process must never stand still for longer. */
const STALL_MS = 200;

/**
 * Bounds what a mail server can cost this process: who may name a mail server may name a hostile one. It cuts what
 * arrives into small pieces, handles them when the event loop has time, counts them, and ends the connection when they
 * are too many. It drops what is never asked for.
 */
export class InputGuard {
  readonly #stream: LibraryStream;
  readonly #turns: InputTurns;
  readonly #limits: ReturnType<typeof inputLimits>;
  readonly #count: InputCount;
  #kind: InputKind | null = null;
  /** Numbers that the answers to this command have named. */
  #named = 0;
  excess: Excess | null = null;

  /** @throws {TypeError} when the library has changed: without its guard no connection is made. */
  constructor(client: ImapFlow, turns: InputTurns, maxLiteralBytes: number) {
    const stream: unknown = Reflect.get(client, "streamer");
    if (!isLibraryStream(stream)) throw new TypeError("Cannot guard the stream: imapflow has none");
    this.#stream = stream;
    this.#turns = turns;
    this.#limits = inputLimits(maxLiteralBytes);
    this.#count = new InputCount(turns.nowMs());
    const handle = stream._transform.bind(stream);
    stream._transform = (chunk: Uint8Array, encoding, next) => {
      // Before it is parsed, which costs a hundred times more.
      this.#count.add({ bytes: chunk.length, responses: this.#hasMails ? 0 : countLines(chunk) });
      if (this.#kind !== null && this.#kind !== "bodies") turns.held.add(this, chunk.length);
      if (this.#count.isOver) this.#endBecause("too_much_sent");
      this.#handleFrom(chunk, 0, (piece, done) => handle(piece, encoding, done), next);
    };
    const push = stream.push.bind(stream);
    stream.push = (response: unknown) => {
      if (!isResponse(response)) return push(response);
      if (this.#admits(response)) return push(response);
      response.next();
      return true;
    };
    this.begin("login");
  }

  /** A command of this kind begins. */
  begin(kind: InputKind): void {
    this.#kind = kind;
    this.#apply(this.#limits[kind]);
  }

  /** The command has ended. */
  end(): void {
    this.#kind = null;
    this.#apply(null);
  }

  /** What the library says when it gives up a connection. */
  onError(error: unknown): void {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    // Of a mail it may be the fault: it is fetched alone, or in another way.
    if (LIMIT_CODES.has(code) && !this.#hasMails) this.excess ??= "too_much_sent";
  }

  /** Literals come with lines of mails in them. */
  get #hasMails(): boolean {
    return this.#kind === "headers" || this.#kind === "bodies";
  }

  /** The answers of all mail servers together are too much for this process, and this one's is the largest. */
  giveUp(): void {
    this.#endBecause("too_much_sent");
  }

  #apply(limits: InputLimits | null): void {
    this.#turns.held.release(this);
    this.#named = 0;
    const { lineBytes, literalBytes } = limits ?? UNASKED;
    this.#stream.maxLineLength = lineBytes;
    this.#stream.maxLiteralSize = literalBytes;
    this.#stream.maxResponseSize = 2 * lineBytes + literalBytes;
    this.#count.begin(limits, this.#turns.nowMs());
  }

  #handleFrom(
    chunk: Uint8Array,
    start: number,
    handle: (piece: Uint8Array, done: () => void) => void,
    next: () => void,
  ): void {
    if (start >= chunk.length || this.#stream.destroyed) return next();
    this.#turns.take((done) => {
      // Before the login a chunk stays whole: the library must see what came behind the answer to STARTTLS, and refuse it.
      const pieceBytes = Math.max(PIECE_BYTES, this.#stream.literalWaiting);
      const end = this.#kind === "login" ? chunk.length : start + pieceBytes;
      const piece = chunk.subarray(start, end);
      const { turn } = this.#turns;
      const startedCpuMs = this.#turns.cpuMs();
      handle(piece, () => {
        if (turn === this.#turns.turn) this.#charge(this.#turns.cpuMs() - startedCpuMs);
        done();
        this.#handleFrom(chunk, start + piece.length, handle, next);
      });
    }, this.#count.isHeavy(this.#turns.nowMs()));
  }

  #charge(costMs: number): void {
    this.#count.addCost(costMs, this.#turns.nowMs());
    if (costMs > STALL_MS && this.#count.bytes > BLAMED_BYTES) this.#endBecause("stalled");
  }

  /** False for what is dropped. */
  #admits(response: Response): boolean {
    const start = textOf(response.payload.subarray(0, START_BYTES)).toUpperCase();
    if (this.#isDropped(start, response)) return false;
    this.#count.add({
      responses: this.#hasMails ? 1 : 0,
      news: this.#hasMails || NEWS_LINE.test(start) ? 1 : 0,
    });
    if (this.#count.isOver) return this.#endBecause("too_much_sent");
    if (!this.#hasMails && countHigh(response.payload) > MAX_HIGH_BYTES)
      return this.#endBecause("too_much_sent");
    if (!FOUND.test(start)) return true;
    this.#named += textsOf(response).reduce((sum, text) => sum + countNamed(text), 0);
    return this.#named <= MAX_NAMED_UIDS || this.#endBecause("too_much_sent");
  }

  /** What nobody here takes notice of is not parsed. */
  #isDropped(start: string, response: Response): boolean {
    // VANISHED comes only with QRESYNC, which is never enabled (RFC 7162, 3.2.10), and the library walks its ranges.
    if (EXPUNGED.test(start)) return true;
    switch (this.#kind) {
      case null:
        return start.startsWith("* ") && !NEWS_LINE.test(start);
      case "search":
        return CHANGED.test(start);
      case "headers":
        return isFlagsAlone(response) || isCostly(response);
      case "bodies":
        return isFlagsAlone(response);
      case "rows":
      case "list":
      case "login":
      case "other":
        return false;
    }
  }

  /** @returns false: nothing is admitted any more. */
  #endBecause(excess: Excess): false {
    if (!this.#stream.destroyed) {
      this.excess = excess;
      this.#stream.destroy(new Error(`The mail server is cut off: ${excess.replaceAll("_", " ")}`));
    }
    return false;
  }
}

const LIMIT_CODES = new Set<unknown>([
  "LineTooLarge",
  "LiteralTooLarge",
  "ResponseTooLarge",
  "TooManyTokens",
]);
const LF = 0x0a;

/** Bytes above ASCII: each takes the library three times as long. */
function countHigh(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte > 127) count++;
  return count;
}

function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}

const START_BYTES = 24;
/** What a server may report by itself, and is taken notice of (RFC 9051, 7). */
const NEWS_LINE = /^\* (\d{1,10} EXISTS|OK|NO|BAD|BYE|CAPABILITY)\b/;
/** Which messages are gone shows when they are asked for. */
const EXPUNGED = /^\* (\d{1,10} EXPUNGE|VANISHED)\b/;
/** Changed flags, where no message was asked for. */
const CHANGED = /^\* \d{1,10} FETCH\b/;
const FOUND = /^\* E?SEARCH\b/;

/** Changed flags among the rows that were asked for. */
function isFlagsAlone({ payload, literals = [] }: Response): boolean {
  if (payload.length > FLAGS_BYTES || literals.length > 0) return false;
  return /^\* \d{1,10} FETCH \((UID \d{1,10} )?(FLAGS|MODSEQ) \([^"{]*\)\)?$/i.test(
    textOf(payload),
  );
}

/** A row that would hold up the process: it is missed, and the header is fetched in another way. */
function isCostly(response: Response): boolean {
  const [payload = "", ...literals] = textsOf(response);
  if (countHigh(response.payload) > MAX_HIGH_BYTES) return true;
  // Of ENVELOPE alone: a header that comes as bytes is read by ourselves.
  const envelope = /\bENVELOPE\b/i.test(payload) ? [payload, ...literals] : [];
  const words = envelope.reduce((sum, text) => sum + countOf(text, "=?"), 0);
  if (words > MAX_ENCODED_WORDS) return true;
  const labels = payload.indexOf("X-GM-LABELS");
  if (labels === -1) return false;
  return (
    payload.length - labels > MAX_LABELS_BYTES &&
    payload.indexOf(")", labels) - labels > MAX_LABELS_BYTES
  );
}

const FLAGS_BYTES = 4_096;
const textsOf = ({ payload, literals = [] }: Response) => [payload, ...literals].map(textOf);
const textOf = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

const isResponse = (value: unknown): value is Response =>
  typeof value === "object" && value !== null && "payload" in value && "next" in value;

const isLibraryStream = (value: unknown): value is LibraryStream =>
  typeof value === "object" && value !== null && "_transform" in value && "maxLineLength" in value;
