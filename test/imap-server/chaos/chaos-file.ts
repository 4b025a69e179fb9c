import { randomInt } from "node:crypto";
import * as v from "valibot";
import { CHAOS_KINDS, type ChaosWeights, DEFAULT_WEIGHTS } from "./chaos-kind.ts";

const Weight = v.pipe(v.number(), v.minValue(0), v.maxValue(1));
const MAX_SEED = 2 ** 32 - 1;

/**
 * The JSON object in a chaos file. `{}` means a random seed and the default weights. In `weights`,
 * a kind of lie that is missing never happens.
 */
const ChaosFile = v.strictObject({
  seed: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(MAX_SEED)), () =>
    randomInt(MAX_SEED),
  ),
  weights: v.optional(
    v.strictObject(v.entriesFromList(CHAOS_KINDS, v.optional(Weight))),
    DEFAULT_WEIGHTS,
  ),
});

/** Parses a chaos file. If it has errors, adds them to `faults` and returns undefined. */
export function parseChaosFile(
  text: string,
  faults: string[],
): { seed: number; weights: ChaosWeights } | undefined {
  const file = v.safeParse(v.pipe(v.string(), v.parseJson(), ChaosFile), text);
  if (file.success) return file.output;
  const places = file.issues.map((issue) => v.getDotPath(issue) ?? "the file");
  faults.push(`--chaos is no {seed, weights}: see ${places.join(", ")}`);
  return undefined;
}
