import type { Transform } from "node:stream";
import type { ImapFlow } from "imapflow";
import {
  BLAMED_BYTES,
  countLines,
  countNamed,
  countOccurrences,
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

/** A response with its literals, as ImapFlow's stream passes it on. */
interface Response {
  payload: Uint8Array;
  literals?: readonly Uint8Array[];
  /** Lets the stream continue. */
  next(): void;
}

/**
 * The parts of ImapFlow's stream that are used here. The stream is between the socket and the
 * parser.
 */
type LibraryStream = Transform & {
  maxLineLength: number;
  maxLiteralSize: number;
  maxResponseSize: number;
  /** How many bytes of the current literal have not arrived yet. They are collected, not parsed. */
  literalWaiting: number;
  /** How many bytes of the incomplete line, and of the incomplete response, have arrived. */
  lineBytes: number;
  responseBytes: number;
};

/** Why the guard closed a connection. */
export type Excess =
  /**
   * The server sent more data than the command can need. Without a command: more data than an
   * honest server sends.
   */
  | "too_much_sent"
  /** Handling one piece blocked the process for too long. */
  | "stalled";

/**
 * How many bytes are handled without a pause. These are about a hundred short lines, which take a
 * few milliseconds.
 */
const PIECE_BYTES = 1_024;
/** The longest time for which one piece of PIECE_BYTES may block the process. */
const STALL_MS = 200;

/**
 * Limits the time and memory that a mail server can cost this process. Users may name any server,
 * even a hostile one. Handles incoming data in small pieces, when the event loop has time. Drops
 * responses that are not used. Closes the connection when the server sends too much or blocks the
 * process.
 */
export class InputGuard {
  readonly #stream: LibraryStream;
  readonly #turns: InputTurns;
  readonly #limits: ReturnType<typeof inputLimits>;
  readonly #count: InputCount;
  #kind: InputKind | null = null;
  /** The number of UIDs in the SEARCH results of this command so far. It may be too high. */
  #named = 0;
  /** Bytes that have arrived and are not handled yet. */
  #waitingBytes = 0;
  excess: Excess | null = null;

  /**
   * @throws {TypeError} when ImapFlow's internals have changed and the guard cannot work. There
   * must be no connection without a guard.
   */
  constructor(client: ImapFlow, turns: InputTurns, maxLiteralBytes: number) {
    const stream: unknown = Reflect.get(client, "streamer");
    if (!isLibraryStream(stream)) throw new TypeError("Cannot guard the stream: imapflow has none");
    this.#stream = stream;
    this.#turns = turns;
    this.#limits = inputLimits(maxLiteralBytes);
    this.#count = new InputCount(turns.nowMs());
    const handle = stream._transform.bind(stream);
    stream._transform = (chunk: Uint8Array, encoding, next) => {
      // Counts the data before ImapFlow parses it: parsing too much data would take too long.
      this.#count.add({ bytes: chunk.length, responses: this.#hasMails ? 0 : countLines(chunk) });
      if (this.#kind !== null && this.#kind !== "bodies") turns.held.add(this, chunk.length);
      if (this.#count.isOver) this.#endBecause("too_much_sent");
      this.#waitingBytes += chunk.length;
      turns.addWaiting(chunk.length);
      const finish = () => this.#finish(chunk.length, next);
      this.#handleFrom(chunk, 0, (piece, done) => handle(piece, encoding, done), finish);
    };
    stream.once("close", () => this.#finish(this.#waitingBytes, () => {}));
    const push = stream.push.bind(stream);
    stream.push = (response: unknown) => {
      if (!isResponse(response)) return push(response);
      if (this.#admits(response)) return push(response);
      response.next();
      return true;
    };
    this.begin("login");
  }

  /** Call when a command of this kind begins. */
  begin(kind: InputKind): void {
    this.#kind = kind;
    this.#apply(this.#limits[kind]);
  }

  end(): void {
    this.#kind = null;
    this.#apply(null);
  }

  /** Whether everything that arrived is handled, and no response is incomplete. */
  get isAtRest(): boolean {
    const { writableLength, readableLength, lineBytes, responseBytes } = this.#stream;
    return writableLength + readableLength + lineBytes + responseBytes === 0;
  }

  /** Handles the error with which ImapFlow closes a connection. */
  onError(error: unknown): void {
    const code: unknown = error instanceof Error ? Reflect.get(error, "code") : undefined;
    // While mails are fetched, a single mail may be the cause, and not the server. That mail is
    // then fetched alone, or in another way.
    if (LIMIT_CODES.has(code) && !this.#hasMails) this.excess ??= "too_much_sent";
  }

  /**
   * Whether the answers contain literals with parts of mails. The lines of a literal must not be
   * counted as responses.
   */
  get #hasMails(): boolean {
    return this.#kind === "headers" || this.#kind === "bodies";
  }

  /**
   * Closes the connection. Called when the answers to a search do not end. Also called when all
   * incomplete answers together are too large, and this connection's answer is the largest.
   */
  giveUp(isToBlame: boolean): void {
    if (isToBlame) this.#endBecause("too_much_sent");
    else this.#stream.destroy(new Error("The connection is closed: too many answers at once"));
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

  /** Called when a chunk was handled, or the connection is closed and its chunks are dropped. */
  #finish(bytes: number, readOn: () => void): void {
    const waitingBytes = Math.min(bytes, this.#waitingBytes);
    this.#waitingBytes -= waitingBytes;
    const isHeavy = !this.#stream.destroyed && this.#count.isHeavy(this.#turns.nowMs());
    this.#turns.finish(waitingBytes, readOn, isHeavy);
  }

  #handleFrom(
    chunk: Uint8Array,
    start: number,
    handle: (piece: Uint8Array, done: () => void) => void,
    next: () => void,
  ): void {
    if (start >= chunk.length || this.#stream.destroyed) return next();
    this.#turns.take((done) => {
      // During the login, a chunk is not split. If data follows the answer to STARTTLS, ImapFlow
      // must see the data at once, to refuse it.
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

  /** Returns whether the response is passed on; if not, it is dropped. */
  #admits(response: Response): boolean {
    const start = toText(response.payload.subarray(0, START_BYTES)).toUpperCase();
    if (this.#isDropped(start, response)) return false;
    this.#count.add({
      responses: this.#hasMails ? 1 : 0,
      news: this.#hasMails || NEWS_LINE.test(start) ? 1 : 0,
    });
    if (this.#count.isOver) return this.#endBecause("too_much_sent");
    if (!this.#hasMails && countHigh(response.payload) > MAX_HIGH_BYTES)
      return this.#endBecause("too_much_sent");
    if (!FOUND.test(start)) return true;
    this.#named += toTexts(response).reduce((sum, text) => sum + countNamed(text), 0);
    return this.#named <= MAX_NAMED_UIDS || this.#endBecause("too_much_sent");
  }

  /** Returns whether to drop the response before it is parsed, because it is not used. */
  #isDropped(start: string, response: Response): boolean {
    // VANISHED needs QRESYNC, which is never enabled (RFC 7162, 3.2.10). If a server sends VANISHED
    // anyway, ImapFlow would loop over the ranges of UIDs in it.
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

  /**
   * Ends the connection because a limit was exceeded.
   * @returns false, so that nothing more is admitted.
   */
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

/** Counts non-ASCII bytes. ImapFlow needs three times as long for them as for others. */
function countHigh(bytes: Uint8Array): number {
  let count = 0;
  for (const byte of bytes) if (byte > 127) count++;
  return count;
}

const START_BYTES = 24;
/** Matches unsolicited responses that are used (RFC 9051, 7). */
const NEWS_LINE = /^\* (\d{1,10} EXISTS|OK|NO|BAD|BYE|CAPABILITY)\b/;
/**
 * Matches reports of expunged messages. The reports are not used: a request for an expunged message
 * shows that it is gone.
 */
const EXPUNGED = /^\* (\d{1,10} EXPUNGE|VANISHED)\b/;
/**
 * Matches a FETCH response. When no FETCH command is running, a server sends such a response only
 * to report changed flags.
 */
const CHANGED = /^\* \d{1,10} FETCH\b/;
const FOUND = /^\* E?SEARCH\b/;

/** Returns whether the row only reports changed flags. */
function isFlagsAlone({ payload, literals = [] }: Response): boolean {
  if (payload.length > FLAGS_BYTES || literals.length > 0) return false;
  return /^\* \d{1,10} FETCH \((UID \d{1,10} )?(FLAGS|MODSEQ) \([^"{]*\)\)?$/i.test(
    toText(payload),
  );
}

/**
 * Returns whether a row would block the process. Such a row is dropped, and the header is fetched
 * in another way.
 */
function isCostly(response: Response): boolean {
  const [payload = "", ...literals] = toTexts(response);
  if (countHigh(response.payload) > MAX_HIGH_BYTES) return true;
  // ImapFlow decodes encoded words only in ENVELOPE, and slowly. So only these words are counted.
  const envelope = /\bENVELOPE\b/i.test(payload) ? [payload, ...literals] : [];
  const words = envelope.reduce((sum, text) => sum + countOccurrences(text, "=?"), 0);
  if (words > MAX_ENCODED_WORDS) return true;
  const labels = payload.indexOf("X-GM-LABELS");
  if (labels === -1) return false;
  return (
    payload.length - labels > MAX_LABELS_BYTES &&
    payload.indexOf(")", labels) - labels > MAX_LABELS_BYTES
  );
}

const FLAGS_BYTES = 4_096;
const toTexts = ({ payload, literals = [] }: Response) => [payload, ...literals].map(toText);
const toText = (bytes: Uint8Array) =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");

const isResponse = (value: unknown): value is Response =>
  typeof value === "object" && value !== null && "payload" in value && "next" in value;

const isLibraryStream = (value: unknown): value is LibraryStream =>
  typeof value === "object" && value !== null && "_transform" in value && "maxLineLength" in value;
