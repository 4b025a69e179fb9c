import type { Clock } from "../../../../shared/clock.ts";
import { InputHeld } from "./input-held.ts";

/**
 * How long light pieces may run per turn of the event loop. Further pieces wait for a later turn,
 * so that timers and other sockets are served.
 */
const TURN_MS = 8;
/**
 * The pause after a heavy piece, as a multiple of the piece's time. With 3, heavy pieces take at
 * most a quarter of all time.
 */
const REST_SHARE = 3;
/** The shortest time that a timer can wait. Shorter pauses are added up until they reach it. */
const SHORTEST_REST_MS = 2;
/**
 * The pause after a heavy piece grows with the piece's time. At most this much of the time counts:
 * a longer piece may have waited for something else.
 */
const LONGEST_CHARGE_MS = 50;

/**
 * How many bytes may be read but not handled yet. Above this limit, heavy connections stop reading.
 * Otherwise, each connection would keep a chunk of up to half a megabyte in memory.
 */
const MAX_WAITING_BYTES = 1_024 * 1_024;

/** Handles one piece of incoming data, and calls `done` when it is handled. */
export type Piece = (done: () => void) => void;

/**
 * Distributes the time of the event loop over all data that mail servers send to one process. A
 * light piece runs at once while the turn has time left, otherwise in a later turn.
 *
 * Heavy pieces come from servers that send much. They run one after another, with pauses. So a
 * hundred such servers slow down only each other.
 */
export class InputTurns {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #light: Piece[] = [];
  readonly #heavy: Piece[] = [];
  #startedMs = 0;
  #isTurn = false;
  #isHeavyBusy = false;
  #restMs = 0;
  #waitingBytes = 0;
  /** Callbacks; each lets one paused heavy connection continue reading. */
  readonly #readers: (() => void)[] = [];
  /**
   * Changes whenever a turn of the event loop begins or ends. If some work begins and ends with the
   * same value, it ran in one turn.
   */
  turn = 0;

  readonly held = new InputHeld();
  readonly cpuMs: () => number;

  /**
   * @param cpuMs CPU time that this thread has used. Unlike wall-clock time, it does not grow while
   * the machine pauses.
   */
  constructor(clock: Pick<Clock, "monotonic">, cpuMs: () => number = threadCpuMs) {
    this.#clock = clock;
    this.cpuMs = cpuMs;
  }

  nowMs(): number {
    return this.#clock.monotonic();
  }

  /** Returns how many pieces wait for a later turn. */
  get waiting(): number {
    return this.#light.length + this.#heavy.length;
  }

  /** Call when a chunk has arrived. */
  addWaiting(bytes: number): void {
    this.#waitingBytes += bytes;
  }

  /**
   * Call when a chunk of this size was handled or dropped. `readOn` is called, now or later, to
   * read the next chunk.
   */
  finish(bytes: number, readOn: () => void, isHeavy: boolean): void {
    this.#waitingBytes -= bytes;
    if (isHeavy && this.#waitingBytes > MAX_WAITING_BYTES) this.#readers.push(readOn);
    else readOn();
    // Lets only one connection continue, so that its next chunk is counted before another
    // connection continues.
    if (this.#waitingBytes <= MAX_WAITING_BYTES) this.#readers.shift()?.();
  }

  take(piece: Piece, isHeavy: boolean): void {
    if (isHeavy) {
      this.#heavy.push(piece);
      if (!this.#isHeavyBusy) this.#waitForHeavy();
      return;
    }
    if (!this.#isTurn) this.#begin();
    if (this.#light.length === 0 && this.#hasTime()) piece(ignore);
    else this.#light.push(piece);
  }

  #begin(): void {
    this.#isTurn = true;
    this.#startedMs = this.nowMs();
    this.turn++;
    setImmediate(() => {
      this.turn++;
      this.#isTurn = false;
      if (this.#light.length === 0) return;
      this.#begin();
      this.#runLight(this.turn);
    });
  }

  /**
   * Runs light pieces one after another while the turn has time. The next piece runs when the
   * current one has called `done`, or at the latest in the next turn. So a slow piece delays only
   * its own connection.
   */
  #runLight(turn: number): void {
    if (turn !== this.turn || !this.#hasTime()) return;
    this.#light.shift()?.(() => this.#runLight(turn));
  }

  #waitForHeavy(): void {
    this.#isHeavyBusy = true;
    const restMs = this.#restMs;
    if (restMs < SHORTEST_REST_MS) {
      setImmediate(() => this.#runHeavy());
      return;
    }
    this.#restMs = 0;
    setTimeout(() => this.#runHeavy(), restMs);
  }

  #runHeavy(): void {
    const piece = this.#heavy.shift();
    this.#isHeavyBusy = false;
    if (!piece) return;
    const startedMs = this.nowMs();
    this.turn++;
    setImmediate(() => this.turn++);
    piece(() => {
      const tookMs = Math.min(this.nowMs() - startedMs, LONGEST_CHARGE_MS);
      this.#restMs += tookMs * REST_SHARE;
    });
    // The next heavy piece follows even if this one is not handled yet. So a piece that is never
    // handled delays only its own connection.
    if (this.#heavy.length > 0) setImmediate(() => this.#isHeavyBusy || this.#waitForHeavy());
  }

  #hasTime(): boolean {
    return this.nowMs() - this.#startedMs < TURN_MS;
  }
}

function threadCpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

const ignore = () => {};
