/** The limits for the answers to one command. */
export interface InputLimits {
  bytes: number;
  /** Number of responses. A response is one line with all its literals. */
  responses: number;
  /** Bytes of one line. Parsing a line takes about 0.1 ms per KiB and cannot be interrupted. */
  lineBytes: number;
  literalBytes: number;
}

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** The most bytes of bodies that one FETCH asks for. A larger body is fetched alone. */
export const MAX_BATCH_BYTES = 4 * MIB;

/**
 * Returns the limits for each kind of command: the most that an honest server sends, plus a margin.
 * A server that sends more is disconnected. ImapFlow parses a response in about 0.03 ms. A response
 * that is dropped unread takes about 0.003 ms.
 *
 * @param maxLiteralBytes A little more than the size of the largest mail that is fetched.
 */
export const inputLimits = (maxLiteralBytes: number) =>
  ({
    /** The greeting, CAPABILITY, the login and LOGOUT. */
    login: { bytes: 256 * KIB, responses: 2_000, lineBytes: 16 * KIB, literalBytes: 16 * KIB },
    /** EXAMINE, and the changes that a server reports together with its answer. */
    other: { bytes: 4 * MIB, responses: 100_000, lineBytes: MIB, literalBytes: 16 * KIB },
    list: { bytes: 2 * MIB, responses: 20_000, lineBytes: 64 * KIB, literalBytes: 16 * KIB },
    /** One line of 65,536 UIDs, plus reports of changes. */
    search: { bytes: 2 * MIB, responses: 100_000, lineBytes: MIB, literalBytes: 16 * KIB },
    /** FETCH of the UIDs in a range of 65,536. */
    rows: { bytes: 4 * MIB, responses: 80_000, lineBytes: 64 * KIB, literalBytes: 16 * KIB },
    headers: {
      bytes: 4 * MIB,
      responses: 100_000,
      // The ENVELOPE of a mail with ten thousand recipients has this size.
      lineBytes: 640 * KIB,
      literalBytes: maxLiteralBytes,
    },
    /** Twice the size of a batch and of the largest mail, since RFC822.SIZE is sometimes wrong. */
    bodies: {
      bytes: 2 * (MAX_BATCH_BYTES + maxLiteralBytes),
      responses: 100_000,
      lineBytes: 64 * KIB,
      literalBytes: maxLiteralBytes,
    },
  }) as const satisfies Record<string, InputLimits>;

export type InputKind = keyof ReturnType<typeof inputLimits>;

/** The limits for data that arrives in IDLE and between commands. */
export const UNASKED = {
  lineBytes: 64 * KIB,
  /** No literal is expected, so only a very short one is accepted. */
  literalBytes: 256,
  /** Enough for a user who marks a hundred thousand mails as read. */
  burst: { bytes: 4 * MIB, responses: 100_000 },
  perSecond: { bytes: 8 * KIB, responses: 50 },
} as const;

/**
 * Limits the number of reports that are used (new mail, `OK` and the like). At most `burst` may
 * arrive during one command. Reports without a command have one common count, which must not exceed
 * `burst`. This count falls by `perSecond` each second.
 */
const NEWS = { burst: 1_000, perSecond: 5 } as const;

/**
 * How many UIDs the answers to one command may contain. A search usually covers at most 65,536 UIDs
 * or messages. The rest is for mail that has just arrived.
 */
export const MAX_NAMED_UIDS = 131_072;

/**
 * How many encoded words a row may have. ImapFlow takes up to 0.03 ms for each word. A header with
 * more words is fetched in another way.
 */
export const MAX_ENCODED_WORDS = 1_000;
/**
 * The most non-ASCII bytes in one line. ImapFlow takes three times as long for them. The limit is
 * high because names and subjects in most languages have such bytes.
 */
export const MAX_HIGH_BYTES = 128 * KIB;
/** The most bytes in the labels of one message. ImapFlow parses labels slowly. */
export const MAX_LABELS_BYTES = 16 * KIB;

/**
 * How much time the input of a light connection may take. The sum of these times falls by
 * `perSecondMs` each second. While the sum is above `burstMs`, the connection is heavy: InputTurns
 * handles its input more slowly.
 */
const LIGHT_COST = { burstMs: 100, perSecondMs: 10 } as const;
/**
 * An answer of at most this size is too small to block the process. If the process is blocked,
 * something else is the cause.
 */
export const BLAMED_BYTES = 16 * KIB;

/**
 * The most that a light connection sends for one command, or in a short time without a command. A
 * connection that sends more is heavy: InputTurns handles its input more slowly.
 */
const LIGHT = { bytes: 64 * KIB, responses: 256 } as const;

interface Counted {
  bytes: number;
  responses: number;
  /** How many of the responses are reports that are used (see NEWS). */
  news: number;
}

const COUNTED = ["bytes", "responses", "news"] as const;
const FORGOTTEN_PER_SECOND: Counted = { ...UNASKED.perSecond, news: NEWS.perSecond };

/** Counts incoming data, separately for each command and for data sent unasked. */
export class InputCount {
  #limits: InputLimits | null = null;
  #atMs: number;
  readonly #asked: Counted = { bytes: 0, responses: 0, news: 0 };
  /**
   * How much of `UNASKED.burst` is used. The numbers fall with time. They are kept from one IDLE to
   * the next.
   */
  readonly #unasked: Counted = { bytes: 0, responses: 0, news: 0 };

  #costMs = 0;
  #costAtMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
    this.#costAtMs = nowMs;
  }

  /** Adds the time that handling the input took. */
  addCost(ms: number, nowMs: number): void {
    this.#costMs = this.#costAt(nowMs) + ms;
    this.#costAtMs = nowMs;
  }

  #costAt(nowMs: number): number {
    const seconds = Math.max(nowMs - this.#costAtMs, 0) / 1_000;
    return Math.max(this.#costMs - seconds * LIGHT_COST.perSecondMs, 0);
  }

  /**
   * Returns how many bytes arrived for the running command. Without a command, returns how many
   * arrived unasked.
   */
  get bytes(): number {
    return (this.#limits ? this.#asked : this.#unasked).bytes;
  }

  /**
   * Begins to count the answers to a command. With null, begins to count the data that arrives
   * without a command.
   */
  begin(limits: InputLimits | null, nowMs: number): void {
    this.#limits = limits;
    const seconds = Math.max(nowMs - this.#atMs, 0) / 1_000;
    this.#atMs = nowMs;
    for (const what of COUNTED) {
      this.#asked[what] = 0;
      this.#unasked[what] = Math.max(this.#unasked[what] - seconds * FORGOTTEN_PER_SECOND[what], 0);
    }
  }

  add(more: Partial<Counted>): void {
    const counted = this.#limits ? this.#asked : this.#unasked;
    for (const what of COUNTED) counted[what] += more[what] ?? 0;
  }

  isHeavy(nowMs: number): boolean {
    const counted = this.#limits ? this.#asked : this.#unasked;
    if (counted.bytes > LIGHT.bytes || counted.responses > LIGHT.responses) return true;
    return this.#costAt(nowMs) > LIGHT_COST.burstMs;
  }

  get isOver(): boolean {
    const counted = this.#limits ? this.#asked : this.#unasked;
    const { bytes, responses } = this.#limits ?? UNASKED.burst;
    return counted.bytes > bytes || counted.responses > responses || counted.news > NEWS.burst;
  }
}

const RANGES = /(\d{1,20}):(\d{1,20})/g;

/** Counts the UIDs in a SEARCH response, in ranges and in lists. The result may be too high. */
export function countNamed(text: string): number {
  let count = 0;
  for (const [, first, last] of text.matchAll(RANGES))
    count += Math.abs(Number(last) - Number(first)) + 1;
  return count + countOccurrences(text, ",") + countOccurrences(text, " ");
}

/** Counts how often one text occurs in another. */
export function countOccurrences(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++;
  return count;
}

const LF = 10;

/** Counts the line ends in a chunk. */
export function countLines(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(LF); at !== -1; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}
