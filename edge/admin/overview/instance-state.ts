import type { Instance } from "../../../db/admin/overview.ts";

/** An instance says something every 10 s by default. */
const SILENT_S = 60;

/** As a person sees it; `cut_off`: Postgres answers others and not it; `gone`: it fell silent without a word. */
export type InstanceState = "up" | "draining" | "restarting" | "cut_off" | "gone";

/** @returns undefined for one that said it would leave, and left. */
export function instanceStateOf({
  state,
  heartbeatAgeS,
}: Pick<Instance, "state" | "heartbeatAgeS">): InstanceState | undefined {
  const isSilent = heartbeatAgeS > SILENT_S;
  if (state === "draining") return isSilent ? undefined : state;
  if (isSilent) return "gone";
  return state === "restarting" || state === "cut_off" ? state : "up";
}
