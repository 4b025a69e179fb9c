import { seededRandom } from "../imap-server/chaos/seeded-random.ts";

/** Random choices for one run, which depend only on its seed. */
export interface Draw {
  /** Returns true with this probability. */
  chance(probability: number): boolean;
  /** Returns an integer from 0 to below `end`; 0 if there is no such integer. */
  below(end: number): number;
  /** Returns an integer from 1 to `max`; small numbers are more likely. */
  few(max: number): number;
  pick<T>(from: readonly T[]): T;
}

/** The largest seed; the one after it is 0. */
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
