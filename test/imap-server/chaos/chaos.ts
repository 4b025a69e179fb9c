import { CHAOS_KINDS, type ChaosKind, type ChaosWeights } from "./chaos-kind.ts";
import { seededRandom } from "./seeded-random.ts";

export interface Lie<K extends ChaosKind> {
  kind: K;
  /** From 0 up to 1: which byte, which words. */
  shade: number;
}

/**
 * Decides when the server lies, and counts the lies. The same seed gives the same lies for the same
 * opportunities.
 */
export interface Chaos {
  readonly seed: number;
  /**
   * Chooses one of the fitting lies. Null means the truth. The caller must use the returned lie,
   * because it is counted.
   */
  decide<K extends ChaosKind>(fitting: readonly K[]): Lie<K> | null;
  /** What did happen so far. */
  counts(): Record<ChaosKind, number>;
  /** From now on the server tells the truth. Clients that were left hanging stay that way. */
  pause(): void;
  resume(): void;
  /** Replaces all weights. */
  setWeights(weights: ChaosWeights): void;
}

export interface ChaosOptions {
  seed: number;
  weights: ChaosWeights;
  /** Uniform in [0, 1). Default: drawn from the seed. */
  random?: () => number;
}

export function createChaos({
  seed,
  weights: first,
  random = seededRandom(seed),
}: ChaosOptions): Chaos {
  const counts = Object.fromEntries(CHAOS_KINDS.map((kind) => [kind, 0])) as Record<
    ChaosKind,
    number
  >;
  let weights = first;
  let isPaused = false;
  return {
    seed,
    decide(fitting) {
      if (isPaused) return null;
      const kind = draw(fitting, weights, random());
      if (kind === undefined) return null;
      counts[kind] += 1;
      return { kind, shade: random() };
    },
    counts: () => ({ ...counts }),
    pause: () => void (isPaused = true),
    resume: () => void (isPaused = false),
    setWeights: (next) => void (weights = next),
  };
}

/**
 * One draw for all kinds, so that a kind without weight does not change the result for the others.
 */
function draw<K extends ChaosKind>(
  kinds: readonly K[],
  weights: ChaosWeights,
  drawn: number,
): K | undefined {
  let bound = 0;
  return kinds.find((kind) => drawn < (bound += weights[kind] ?? 0));
}
