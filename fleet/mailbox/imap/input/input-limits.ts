/** What a server may send in answer to one command. */
export interface InputLimits {
  bytes: number;
  /** Lines with all their literals. */
  responses: number;
  /** Parsing a line takes about 0.1 ms per KiB in one go. */
  lineBytes: number;
  literalBytes: number;
}

const KIB = 1_024;
const MIB = 1_024 * KIB;

/** Bodies that one FETCH asks for. One larger body is asked for alone. */
export const MAX_BATCH_BYTES = 4 * MIB;

/**
 * The most that an honest server answers, with room: what is above ends the connection. A response that the library
 * parses takes about 0.03 ms, one that is dropped unread a tenth of that.
 *
 * @param maxLiteralBytes Just above the largest mail that is fetched.
 */
export const inputLimits = (maxLiteralBytes: number) =>
  ({
    /** The greeting, CAPABILITY, the login and LOGOUT. */
    login: { bytes: 256 * KIB, responses: 2_000, lineBytes: 16 * KIB, literalBytes: 16 * KIB },
    /** EXAMINE, and changes that a server reports with it. */
    other: { bytes: 4 * MIB, responses: 100_000, lineBytes: MIB, literalBytes: 16 * KIB },
    list: { bytes: 2 * MIB, responses: 20_000, lineBytes: 64 * KIB, literalBytes: 16 * KIB },
    /** One line of 65,536 numbers; changes beside it. */
    search: { bytes: 2 * MIB, responses: 100_000, lineBytes: MIB, literalBytes: 16 * KIB },
    /** UIDs by FETCH, of a range of 65,536. */
    rows: { bytes: 4 * MIB, responses: 80_000, lineBytes: 64 * KIB, literalBytes: 16 * KIB },
    headers: {
      bytes: 4 * MIB,
      responses: 100_000,
      // ENVELOPE of ten thousand recipients.
      lineBytes: 640 * KIB,
      literalBytes: maxLiteralBytes,
    },
    /** RFC822.SIZE is wrong at times: twice of what a batch may hold. */
    bodies: {
      bytes: 2 * (MAX_BATCH_BYTES + maxLiteralBytes),
      responses: 100_000,
      lineBytes: 64 * KIB,
      literalBytes: maxLiteralBytes,
    },
  }) as const satisfies Record<string, InputLimits>;

export type InputKind = keyof ReturnType<typeof inputLimits>;

/** What a server may send in IDLE and between commands: nobody has asked for it. */
export const UNASKED = {
  lineBytes: 64 * KIB,
  /** None is to be expected. */
  literalBytes: 256,
  /** Somebody marks a hundred thousand mails as read. */
  burst: { bytes: 4 * MIB, responses: 100_000 },
  perSecond: { bytes: 8 * KIB, responses: 50 },
} as const;

/** Reports that are taken notice of (new mail, `OK` and the like), per command, and of a burst in IDLE. */
const NEWS = { burst: 1_000, perSecond: 5 } as const;

/** Numbers that the answers to one command may name: an honest one names those that were asked for, or a mailbox just filled. */
export const MAX_NAMED_UIDS = 131_072;

/** Each costs the library up to 0.03 ms. Where a row has more, the header is fetched in another way. */
export const MAX_ENCODED_WORDS = 1_000;
/** Of one line: those of other scripts' names and subjects. */
export const MAX_HIGH_BYTES = 128 * KIB;
/** Of one message; each costs as much. */
export const MAX_LABELS_BYTES = 16 * KIB;

/** A connection whose input has cost so much lately is heavy, however little it sends: it comes after all others. */
const LIGHT_COST = { burstMs: 100, perSecondMs: 10 } as const;
/** Answers that are smaller cannot hold up the process by themselves. */
export const BLAMED_BYTES = 16 * KIB;

/** Above this a connection's input is handled in turn with that of others like it. */
const LIGHT = { bytes: 64 * KIB, responses: 256 } as const;

interface Counted {
  bytes: number;
  responses: number;
  /** Of the responses, those that are reports and taken notice of. */
  news: number;
}

const COUNTED = ["bytes", "responses", "news"] as const;
const FORGOTTEN_PER_SECOND: Counted = { ...UNASKED.perSecond, news: NEWS.perSecond };

/** Counts what arrives, per command and of what nobody has asked for. */
export class InputCount {
  #limits: InputLimits | null = null;
  #atMs: number;
  readonly #asked: Counted = { bytes: 0, responses: 0, news: 0 };
  /** What is used of the burst. It shrinks with time, and lasts from one IDLE to the next. */
  readonly #unasked: Counted = { bytes: 0, responses: 0, news: 0 };

  #costMs = 0;
  #costAtMs: number;

  constructor(nowMs: number) {
    this.#atMs = nowMs;
    this.#costAtMs = nowMs;
  }

  /** Handling what came has taken so long. */
  addCost(ms: number, nowMs: number): void {
    this.#costMs = this.#costAt(nowMs) + ms;
    this.#costAtMs = nowMs;
  }

  #costAt(nowMs: number): number {
    const seconds = Math.max(nowMs - this.#costAtMs, 0) / 1_000;
    return Math.max(this.#costMs - seconds * LIGHT_COST.perSecondMs, 0);
  }

  /** Of the command that runs, or of what nobody has asked for. */
  get bytes(): number {
    return (this.#limits ? this.#asked : this.#unasked).bytes;
  }

  /** A command begins, or with null the time between two. */
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

/** How many numbers a response names at most: by ranges, and one after the other. */
export function countNamed(text: string): number {
  let count = 0;
  for (const [, first, last] of text.matchAll(RANGES))
    count += Math.abs(Number(last) - Number(first)) + 1;
  return count + countOf(text, ",") + countOf(text, " ");
}

/** How often one text stands in another. */
export function countOf(text: string, part: string): number {
  let count = 0;
  for (let at = text.indexOf(part); at !== -1; at = text.indexOf(part, at + part.length)) count++;
  return count;
}
