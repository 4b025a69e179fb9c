import type { Clock } from "../../../../shared/clock.ts";
import { InputHeld } from "./input-held.ts";

/** How long light pieces may run in one turn of the event loop. The rest waits, so that timers and other sockets go on. */
const TURN_MS = 8;
/** Heavy pieces have a quarter of the time: each is followed by three times as long for everybody else. */
const REST_SHARE = 3;
/** A timer waits for no less; what is shorter adds up first. */
const SHORTEST_REST_MS = 2;
/** A piece that waits for something else is not to blame for all of it. */
const LONGEST_CHARGE_MS = 50;

/** Handles one piece of what has arrived, and calls `done` when it is handled. */
export type Piece = (done: () => void) => void;

/**
 * Shares the event loop among everything that mail servers send to one process. A light piece runs at once while the turn
 * has time left, and otherwise in a later turn. Heavy pieces, which come from servers that send much, run one after the
 * other with rests between them, so that a hundred such servers slow down each other and nobody else.
 */
export class InputTurns {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #light: Piece[] = [];
  readonly #heavy: Piece[] = [];
  #startedMs = 0;
  #isTurn = false;
  #isHeavyBusy = false;
  #restMs = 0;
  /** Another number in each turn of the event loop in which something runs. */
  turn = 0;

  readonly held = new InputHeld();
  readonly cpuMs: () => number;

  /** @param cpuMs CPU time that this thread has used: a pause of the machine is nobody's fault. */
  constructor(clock: Pick<Clock, "monotonic">, cpuMs: () => number = threadCpuMs) {
    this.#clock = clock;
    this.cpuMs = cpuMs;
  }

  nowMs(): number {
    return this.#clock.monotonic();
  }

  /** How many pieces wait for a later turn. */
  get waiting(): number {
    return this.#light.length + this.#heavy.length;
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

  /** Goes on when the piece is handled, which takes microtasks. A piece that takes longer holds up none but itself. */
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
    // Whether it is handled by then or not: one that is never handled holds up none but itself.
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
