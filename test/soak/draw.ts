import { seededRandom } from "../imap-server/chaos/seeded-random.ts";

/** A random generator for one run. The same seed gives the same results. */
export interface Draw {
  /** Returns true with this probability (0 to 1). */
  chance(probability: number): boolean;
  /** Returns an integer from 0 to `end` - 1. Returns 0 if `end` is 0. */
  below(end: number): number;
  /** Returns an integer from 1 to `max`. Small numbers are more likely. */
  few(max: number): number;
  pick<T>(from: readonly T[]): T;
}

/** The largest seed. The run after a run with this seed has the seed 0. */
export const MAX_SEED = 2 ** 32 - 1;

export function newDraw(seed: number): Draw {
  const random = seededRandom(seed);
  const below = (end: number) => Math.floor(random() * end);
  return {
    chance: (probability) => random() < probability,
    below,
    few: (max) => 1 + Math.floor(max * random() ** 3),
    pick(from) {
      const found = from[below(from.length)];
      if (found === undefined) throw new Error("Cannot draw from nothing");
      return found;
    },
  };
}
