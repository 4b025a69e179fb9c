import type { StoredHeartbeat } from "./heartbeat.ts";

/**
 * Returns the instances that get no answer from Postgres although other instances do. An instance
 * is cut off if it had no answer for a whole TTL during which another instance was answered without
 * a pause. While Postgres answers no instance, none is cut off, since none could take over. When
 * Postgres answers again, even the instance that is the last to notice this is not cut off.
 *
 * A heartbeat says nothing about the time after it. After an outage of NATS, the last heartbeat of
 * one instance may be from before the outage, and the last heartbeat of another from after it. The
 * time after the older heartbeat does not count: Postgres may have answered that instance, but its
 * heartbeat could not report it.
 *
 * All times are from the server that keeps the heartbeats. An instance of an earlier version
 * reports nothing about Postgres: it is not cut off, and does not make others cut off.
 */
export function findCutOff(live: readonly StoredHeartbeat[], ttlMs: number): ReadonlySet<string> {
  const cutOff = new Set<string>();
  const reaches = live.flatMap(toReach);
  for (const { instanceId, heardMs, saidMs } of reaches) {
    const isAnsweredInstead = (other: Reach) =>
      other.isUp && Math.min(other.heardMs, saidMs) - Math.max(other.sinceMs, heardMs) >= ttlMs;
    if (reaches.some(isAnsweredInstead)) cutOff.add(instanceId);
  }
  return cutOff;
}

/** Returns the instances that are not cut off, or all instances if all are cut off. */
export function notCutOff(able: readonly StoredHeartbeat[]): readonly StoredHeartbeat[] {
  const reaching = able.filter(({ isCutOff }) => !isCutOff);
  return reaching.length > 0 ? reaching : able;
}

interface Reach {
  instanceId: string;
  isUp: boolean;
  /** The time of the heartbeat, by the clock of the NATS server. */
  saidMs: number;
  /** The time at which the instance sent the last query that Postgres answered. */
  heardMs: number;
  /** Since when Postgres has answered the instance's queries without a pause. */
  sinceMs: number;
}

function toReach({ instanceId, createdMs, heartbeat }: StoredHeartbeat): Reach[] {
  const { database, state } = heartbeat;
  if (!database) return [];
  const heardMs = createdMs - database.silent_ms;
  const sinceMs = createdMs - database.answering_ms;
  return [{ instanceId, isUp: state === "up", saidMs: createdMs, heardMs, sinceMs }];
}
