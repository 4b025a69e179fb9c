import type { Clock } from "../clock.ts";

export interface LoopStanding {
  name: string;
  /** The time since the last sign of life of the current round; 0 between two rounds. */
  silentMs: number;
  /** Whether a round was stuck, and no round has ended by itself since then. */
  isStuck: boolean;
}

/** How one loop reports its progress. */
export interface LoopEntry extends Disposable {
  /** Call when a round begins, and as a sign of life during the round. */
  goesOn(): void;
  /** Call when a round has ended. `byItself` is false when the round was stuck. */
  pauses(byItself: boolean): void;
  isStuck(): void;
}

/** Global to the process, so that loops are seen without passing a registry to each caller. */
const entries = new Set<() => LoopStanding>();

/** Registers a loop. Dispose of the result when the loop ends. */
export function enterLoop(name: string, clock: Pick<Clock, "monotonic">): LoopEntry {
  let heardMs: number | null = null;
  let isStuck = false;
  const standing = () => ({
    name,
    silentMs: heardMs === null ? 0 : clock.monotonic() - heardMs,
    isStuck,
  });
  entries.add(standing);
  return {
    goesOn() {
      heardMs = clock.monotonic();
    },
    pauses(byItself) {
      heardMs = null;
      if (byItself) isStuck = false;
    },
    isStuck() {
      isStuck = true;
    },
    [Symbol.dispose]: () => void entries.delete(standing),
  };
}

/**
 * Returns the standing of every loop in this process. Loops with the same name are merged into one:
 * the longest silence, and stuck when any of them is.
 */
export function collectStandings(): LoopStanding[] {
  const worst = new Map<string, LoopStanding>();
  for (const standing of entries) {
    const { name, silentMs, isStuck } = standing();
    const other = worst.get(name);
    worst.set(name, {
      name,
      silentMs: Math.max(silentMs, other?.silentMs ?? 0),
      isStuck: isStuck || (other?.isStuck ?? false),
    });
  }
  return [...worst.values()];
}
