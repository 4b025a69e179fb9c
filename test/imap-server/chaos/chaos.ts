import { CHAOS_KINDS, type ChaosKind, type ChaosWeights } from "./chaos-kind.ts";
import { seededRandom } from "./seeded-random.ts";

export interface Lie<K extends ChaosKind> {
  kind: K;
  /** From 0 up to 1: which byte, which words. */
  shade: number;
}

/** Decides when the server lies, and counts it. The same seed lies alike at the same opportunities. */
export interface Chaos {
  readonly seed: number;
  /**
   * Chooses among the lies that fit a moment. Null means the truth. What is returned must be told,
   * for it is counted.
   */
  decide<K extends ChaosKind>(fitting: readonly K[]): Lie<K> | null;
  /** What did happen so far. */
  counts(): Record<ChaosKind, number>;
  /** From here on the truth. A client that was left hanging stays so. */
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

/** One draw for all kinds, so that a kind without weight does not shift the others' luck. */
function draw<K extends ChaosKind>(
  kinds: readonly K[],
  weights: ChaosWeights,
  drawn: number,
): K | undefined {
  let bound = 0;
  return kinds.find((kind) => drawn < (bound += weights[kind] ?? 0));
}
