import { CHAOS_KINDS, type ChaosKind, type ChaosWeights } from "./chaos-kind.ts";
import { seededRandom } from "./seeded-random.ts";

export interface Lie<K extends ChaosKind> {
  kind: K;
  /**
   * From 0 (inclusive) to 1 (exclusive). Selects a variant of the lie, for example the byte after
   * which data is cut.
   */
  shade: number;
}

/**
 * Decides when the server lies, and counts the lies. The same seed gives the same lies for the same
 * opportunities.
 */
export interface Chaos {
  readonly seed: number;
  /**
   * Chooses one of the kinds in `fitting`; null means no lie. The caller must use the returned lie,
   * because `decide()` has already counted it.
   */
  decide<K extends ChaosKind>(fitting: readonly K[]): Lie<K> | null;
  /** Returns the number of lies so far, by kind. */
  counts(): Record<ChaosKind, number>;
  /**
   * Stops the lies until `resume()` is called. But clients that wait because of an earlier lie
   * still get no answer.
   */
  pause(): void;
  resume(): void;
  /** Replaces all weights. */
  setWeights(weights: ChaosWeights): void;
}

export interface ChaosOptions {
  seed: number;
  weights: ChaosWeights;
  /** Returns a random number, uniform in [0, 1). Default: a generator that starts with the seed. */
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
 * Chooses at most one kind. The kinds divide the range from 0 to 1 into parts as long as their
 * weights. The result is the kind whose part contains `drawn`.
 */
function draw<K extends ChaosKind>(
  kinds: readonly K[],
  weights: ChaosWeights,
  drawn: number,
): K | undefined {
  let bound = 0;
  return kinds.find((kind) => drawn < (bound += weights[kind] ?? 0));
}
