import type { PurgeStanding } from "../../db/removal/purge-rows.ts";

/** What a purge has to do now. `runPurge()` explains the steps. */
export type PurgeStep =
  | { kind: "retire"; userIds: readonly string[] }
  | { kind: "clear"; userIds: readonly string[] }
  /** A retired user may still have a session. */
  | { kind: "wait" }
  /** No user is left, but attempts in flight may still write something. */
  | { kind: "settle" }
  | { kind: "finish" };

/**
 * Decides the next step of a purge.
 *
 * @param settleAt Null until the step "settle" sets it. The purge then waits until this time. So if
 *   `settleAt` is set, the time has passed, and all earlier work has finished.
 */
export function nextPurgeStep(standing: PurgeStanding, settleAt: Date | null): PurgeStep {
  if (settleAt !== null) return { kind: "finish" };
  if (standing.toRetire.length > 0) return { kind: "retire", userIds: standing.toRetire };
  if (standing.toClear.length > 0) return { kind: "clear", userIds: standing.toClear };
  return standing.isEmpty ? { kind: "settle" } : { kind: "wait" };
}
