import type { InstanceFacts } from "./health-facts.ts";

/**
 * An instance that was not heard for this long is silent. By default, instances send a heartbeat
 * every 10 s and report to Postgres every 5 s.
 */
const SILENT_MS = 60_000;

/** An instance as Postgres has it. */
export interface SeenInstance extends Omit<InstanceFacts, "state"> {
  /** The state in its last heartbeat, or that others saw. */
  reported: string;
  /** Whether the instance itself has written to Postgres within the last minute. */
  isReporting: boolean;
}

/**
 * Decides the state of an instance.
 * @returns undefined for an instance that announced its stop and has stopped.
 */
export function judgeInstance(seen: SeenInstance, nowMs: number): InstanceFacts | undefined {
  const { reported, isReporting, natsSilentSinceMs, ...instance } = seen;
  const withState = (state: InstanceFacts["state"], silentSinceMs: number | null = null) => ({
    ...instance,
    state,
    natsSilentSinceMs: silentSinceMs,
  });
  if (isReporting && natsSilentSinceMs !== null) return withState("no_nats", natsSilentSinceMs);
  const isSilent = nowMs - instance.heardMs > SILENT_MS;
  if (reported === "draining") return isSilent ? undefined : withState("draining");
  if (isSilent) return withState("gone");
  return withState(reported === "restarting" || reported === "cut_off" ? reported : "up");
}
