import type { Instance } from "../../../db/admin/overview.ts";

/** Instances send a heartbeat every 10 s by default. */
const SILENT_S = 60;

/**
 * The state for display. `cut_off`: Postgres answers other instances, but not this one. `gone`: its
 * heartbeats stopped without notice.
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
