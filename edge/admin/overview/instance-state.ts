import type { Instance } from "../../../db/admin/overview.ts";

/**
 * After how many seconds without a heartbeat an instance is silent. By default, instances send a
 * heartbeat every 10 s.
 */
const SILENT_S = 60;

/**
 * The state for display. `cut_off`: Postgres answers other instances, but not this instance.
 * `gone`: the instance is silent without having announced its stop.
 */
export type InstanceState = "up" | "draining" | "restarting" | "cut_off" | "gone";

/**
 * Decides the state of an instance.
 * @returns undefined for an instance that announced its stop and has stopped.
 */
export function judgeInstanceState({
  state,
  heartbeatAgeS,
}: Pick<Instance, "state" | "heartbeatAgeS">): InstanceState | undefined {
  const isSilent = heartbeatAgeS > SILENT_S;
  if (state === "draining") return isSilent ? undefined : state;
  if (isSilent) return "gone";
  return state === "restarting" || state === "cut_off" ? state : "up";
}
