import type { Instance } from "../../../db/admin/overview.ts";

/**
 * An instance without a heartbeat for this many seconds is silent. By default, instances send a
 * heartbeat every 10 s.
 */
const SILENT_S = 60;

/**
 * The state of an instance as the overview shows it. `cut_off`: Postgres answers other instances,
 * but not this instance. `gone`: the instance is silent and did not announce that it stops.
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
