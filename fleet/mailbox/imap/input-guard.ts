import type { Transform } from "node:stream";
import type { ImapFlow } from "imapflow";
import {
  countNamed,
  InputCount,
  type InputKind,
  type InputLimits,
  inputLimits,
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

  #apply(limits: InputLimits | null): void {
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
      const startedMs = this.#turns.nowMs();
      handle(piece, () => {
        const isSameTurn = turn === this.#turns.turn;
        if (isSameTurn && this.#turns.nowMs() - startedMs > STALL_MS) this.#endBecause("stalled");
        done();
        this.#handleFrom(chunk, start + piece.length, handle, next);
      });
    }, this.#count.isHeavy);
  }

  /** False for what is dropped. */
  #admits(response: Response): boolean {
    const start = textOf(response.payload.subarray(0, START_BYTES)).toUpperCase();
    if (this.#isDropped(start)) return false;
    const isNews = NEWS_LINE.test(start);
    this.#count.add({ responses: this.#hasMails ? 1 : 0, news: isNews ? 1 : 0 });
    if (this.#count.isOver) return this.#endBecause("too_much_sent");
    if (!start.startsWith("* ESEARCH")) return true;
    const texts = [response.payload, ...(response.literals ?? [])].map(textOf);
    const named = texts.reduce((sum, text) => sum + countNamed(text), 0);
    return named <= MAX_NAMED_UIDS || this.#endBecause("too_much_sent");
  }

  /** What nobody here takes notice of is not parsed. */
  #isDropped(start: string): boolean {
    // VANISHED comes only with QRESYNC, which is never enabled (RFC 7162, 3.2.10), and the library walks its ranges.
    if (EXPUNGED.test(start)) return true;
    if (start.startsWith("* ESEARCH")) return this.#kind !== "search" && this.#kind !== "other";
    if (this.#kind === "search") return CHANGED.test(start);
    return this.#kind === null && start.startsWith("* ") && !NEWS_LINE.test(start);
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
const textOf = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

const isResponse = (value: unknown): value is Response =>
  typeof value === "object" && value !== null && "payload" in value && "next" in value;

const isLibraryStream = (value: unknown): value is LibraryStream =>
  typeof value === "object" && value !== null && "_transform" in value && "maxLineLength" in value;
