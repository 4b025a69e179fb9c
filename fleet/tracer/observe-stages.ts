import type { ReachedStage } from "../../db/tracers/tracer-stages.ts";
import type { Metrics } from "../metrics/metrics.ts";

/**
 * Records in the metrics how long each stage of a tracer took. Clocks of two instances may differ,
 * so a negative time counts as 0.
 */
export function observeStages(
  { tracerStages }: Pick<Metrics, "tracerStages">,
  reached: readonly ReachedStage[],
): void {
  for (const { stage, seconds } of reached) tracerStages.observe({ stage }, Math.max(seconds, 0));
}
