import type { Clock } from "../clock.ts";

export interface LoopStanding {
  name: string;
  /** Since the last sign of life of the round that is under way; 0 between two rounds. */
  silentMs: number;
  /** Whether a round was stuck, and none has ended by itself since. */
  isStuck: boolean;
}

/** One loop, as it says itself. */
export interface LoopEntry extends Disposable {
  /** A round begins, or gives a sign of life. */
  goesOn(): void;
  /** A round has ended. */
  pauses(byItself: boolean): void;
  isStuck(): void;
}

/** Of the whole process: a loop that gets no registry from its caller is seen here, too. */
const entries = new Set<() => LoopStanding>();

/** Enters a loop for as long as it runs. */
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

/** How the loops of this process stand, one for each name: the worst of it. */
export function standingsOfLoops(): LoopStanding[] {
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
