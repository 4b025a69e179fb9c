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
    stream._transform = (chunk: Uint8Array, encoding, next) =>
      this.#handleFrom(chunk, 0, (piece, done) => handle(piece, encoding, done), next);
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
      this.#count.add({ bytes: piece.length });
      if (this.#count.isOver) this.#endBecause("too_much_sent");
      const { turn } = this.#turns;
      const startedMs = this.#turns.nowMs();
      handle(piece, () => {
        const isSameTurn = turn === this.#turns.turn;
        if (isSameTurn && this.#turns.nowMs() - startedMs > STALL_MS) this.#endBecause("stalled");
        this.#handleFrom(chunk, start + piece.length, handle, next);
        done();
      });
    }, this.#count.isHeavy);
  }

  /** False for what is dropped. */
  #admits(response: Response): boolean {
    this.#count.add({ responses: 1 });
    if (this.#count.isOver) return this.#endBecause("too_much_sent");
    const start = textOf(response.payload.subarray(0, START_BYTES)).toUpperCase();
    // Only with QRESYNC, which is never enabled (RFC 7162, 3.2.10); the library walks its ranges.
    if (start.startsWith("* VANISHED")) return false;
    if (this.#kind === null) return !start.startsWith("* ") || NEWS.test(start);
    if (!start.startsWith("* ESEARCH")) return true;
    if (this.#kind !== "search") return false;
    const texts = [response.payload, ...(response.literals ?? [])].map(textOf);
    const named = texts.reduce((sum, text) => sum + countNamed(text), 0);
    return named <= MAX_NAMED_UIDS || this.#endBecause("too_much_sent");
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

const START_BYTES = 24;
/** What a server may report by itself and somebody here takes notice of (RFC 9051, 7): no changed flags, for one. */
const NEWS = /^\* (\d{1,10} (EXISTS|EXPUNGE)|OK|NO|BAD|BYE|CAPABILITY)\b/;
const textOf = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

const isResponse = (value: unknown): value is Response =>
  typeof value === "object" && value !== null && "payload" in value && "next" in value;

const isLibraryStream = (value: unknown): value is LibraryStream =>
  typeof value === "object" && value !== null && "_transform" in value && "maxLineLength" in value;
