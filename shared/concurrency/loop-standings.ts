import type { Clock } from "../clock.ts";

export interface LoopStanding {
  name: string;
  /** How long the loop's current round has reported no progress; 0 between two rounds. */
  silentMs: number;
  /** Whether a round got stuck. Reset when a later round ends without getting stuck. */
  isStuck: boolean;
}

/** How one loop reports its progress. */
export interface LoopEntry extends Disposable {
  /** Call when a round begins, and whenever it makes progress. */
  goesOn(): void;
  /** Call when a round has ended. `byItself` is false when the round was stuck. */
  pauses(byItself: boolean): void;
  isStuck(): void;
}

/**
 * For each loop of this process: a function that returns the loop's standing. The variable is
 * global, so callers need not pass a registry.
 */
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
 * Returns the standings of all loops in this process. Loops with the same name share one:
 * `silentMs` is their longest silence, and `isStuck` is true if any of them is stuck.
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
