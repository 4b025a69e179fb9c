import { MAX_BATCH_BYTES } from "../catch-up/batches.ts";

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

/**
 * The most that an honest server answers, with room: what is above ends the connection.
 *
 * @param maxLiteralBytes Just above the largest mail that is fetched.
 */
export const inputLimits = (maxLiteralBytes: number) =>
  ({
    /** The greeting, CAPABILITY and the login. */
    login: { bytes: 256 * KIB, responses: 2_000, lineBytes: 16 * KIB, literalBytes: 16 * KIB },
    /** LOGOUT, and the changes of flags that a server reports with it. */
    other: { bytes: 4 * MIB, responses: 20_000, lineBytes: 64 * KIB, literalBytes: 16 * KIB },
    list: { bytes: 4 * MIB, responses: 20_000, lineBytes: 64 * KIB, literalBytes: 16 * KIB },
    /** EXAMINE; one line of 65,536 numbers, or as many rows of FETCH. */
    search: { bytes: 8 * MIB, responses: 80_000, lineBytes: MIB, literalBytes: 16 * KIB },
    headers: {
      bytes: 16 * MIB,
      responses: 5_000,
      lineBytes: 512 * KIB,
      literalBytes: maxLiteralBytes,
    },
    /** RFC822.SIZE is wrong at times: twice of what a batch may hold. */
    bodies: {
      bytes: 2 * (MAX_BATCH_BYTES + maxLiteralBytes),
      responses: 5_000,
      lineBytes: 64 * KIB,
      literalBytes: maxLiteralBytes,
    },
  }) as const satisfies Record<string, InputLimits>;

export type InputKind = keyof ReturnType<typeof inputLimits>;

/** What a server may send in IDLE and between commands: nobody has asked for it. */
export const UNASKED = {
  lineBytes: 64 * KIB,
  literalBytes: 16 * KIB,
  /** Somebody marks thirty thousand mails as read. */
  burst: { bytes: 4 * MIB, responses: 30_000 },
  perSecond: { bytes: 8 * KIB, responses: 50 },
} as const;

/** Numbers that one answer may name by ranges: an honest one names no more than were asked for, or a mailbox just filled. */
export const MAX_NAMED_UIDS = 131_072;

/** Above this a connection's input is handled in turn with that of others like it. */
const LIGHT = { bytes: 64 * KIB, responses: 256 } as const;

interface Counted {
  bytes: number;
  responses: number;
}

/** Counts what arrives, per command and of what nobody has asked for. */
export class InputCount {
  #limits: InputLimits | null = null;
  #atMs: number;
  readonly #asked: Counted = { bytes: 0, responses: 0 };
  /** What is used of the burst. It shrinks with time, and lasts from one IDLE to the next. */
  readonly #unasked: Counted = { bytes: 0, responses: 0 };

  constructor(nowMs: number) {
    this.#atMs = nowMs;
  }

  /** A command begins, or with null the time between two. */
  begin(limits: InputLimits | null, nowMs: number): void {
    this.#limits = limits;
    this.#asked.bytes = 0;
    this.#asked.responses = 0;
    const seconds = Math.max(nowMs - this.#atMs, 0) / 1_000;
    this.#atMs = nowMs;
    for (const what of ["bytes", "responses"] as const) {
      this.#unasked[what] = Math.max(this.#unasked[what] - seconds * UNASKED.perSecond[what], 0);
    }
  }

  add({ bytes = 0, responses = 0 }: Partial<Counted>): void {
    const counted = this.#limits ? this.#asked : this.#unasked;
    counted.bytes += bytes;
    counted.responses += responses;
  }

  get isHeavy(): boolean {
    const counted = this.#limits ? this.#asked : this.#unasked;
    return counted.bytes > LIGHT.bytes || counted.responses > LIGHT.responses;
  }

  get isOver(): boolean {
    const counted = this.#limits ? this.#asked : this.#unasked;
    const { bytes, responses } = this.#limits ?? UNASKED.burst;
    return counted.bytes > bytes || counted.responses > responses;
  }
}

const RANGES = /(\d{1,20}):(\d{1,20})/g;

/** How many numbers the ranges of a response name together. */
export function countNamed(text: string): number {
  let count = 0;
  for (const [, first, last] of text.matchAll(RANGES))
    count += Math.abs(Number(last) - Number(first)) + 1;
  return count;
}
