import type { Clock } from "../../../shared/clock.ts";

/** How long pieces may run in one turn of the event loop. The rest waits, so that timers and other sockets go on. */
const TURN_MS = 8;

/** Handles one piece of what has arrived, and calls `done` when it is handled. */
export type Piece = (done: () => void) => void;

/**
 * Shares the event loop among everything that mail servers send to one process. A piece runs at once while the turn has
 * time left, and otherwise in a later turn. Light pieces go first; of the heavy ones, which come from servers that send
 * much, one at least is taken in each turn, so that a hundred of them slow down each other and nobody else.
 */
export class InputTurns {
  readonly #clock: Pick<Clock, "monotonic">;
  readonly #light: Piece[] = [];
  readonly #heavy: Piece[] = [];
  #startedMs = 0;
  #isRunning = false;
  /** Counts the turns in which something ran. */
  turn = 0;

  constructor(clock: Pick<Clock, "monotonic">) {
    this.#clock = clock;
  }

  nowMs(): number {
    return this.#clock.monotonic();
  }

  /** How many pieces wait for a later turn. */
  get waiting(): number {
    return this.#light.length + this.#heavy.length;
  }

  take(piece: Piece, isHeavy: boolean): void {
    if (!this.#isRunning) this.#begin();
    const mayRun = !isHeavy && this.#light.length === 0 && this.#hasTime();
    if (mayRun) piece(ignore);
    else (isHeavy ? this.#heavy : this.#light).push(piece);
  }

  #begin(): void {
    this.#isRunning = true;
    this.#startedMs = this.nowMs();
    this.turn++;
    setImmediate(() => {
      this.#isRunning = false;
      if (this.waiting === 0) return;
      this.#begin();
      this.#runNext(this.turn);
    });
  }

  /** Goes on when the piece is handled, which takes microtasks. A piece that takes longer holds up none but itself. */
  #runNext(turn: number, heavyBefore = 0): void {
    if (turn !== this.turn) return;
    const light = this.#hasTime() ? this.#light.shift() : undefined;
    if (light) return light(() => this.#runNext(turn, heavyBefore));
    const heavy = this.#hasTime() || heavyBefore === 0 ? this.#heavy.shift() : undefined;
    heavy?.(() => this.#runNext(turn, heavyBefore + 1));
  }

  #hasTime(): boolean {
    return this.nowMs() - this.#startedMs < TURN_MS;
  }
}

const ignore = () => {};
