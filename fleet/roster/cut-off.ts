import type { StoredHeartbeat } from "./heartbeat.ts";

/**
 * Finds the instances that Postgres does not answer although it answers others: those without an
 * answer for a TTL in which another instance was answered without a pause. While Postgres answers
 * nobody, nobody is cut off, since nobody could take over. When Postgres returns, the last instance
 * to notice is not cut off either.
 *
 * A heartbeat says nothing about the time after it: when NATS was away, one from before the outage
 * may stand beside one from after it, and the silence between them was NATS's.
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

/** Returns the instances that are not cut off, or all of them if every one is. */
export function notCutOff(able: readonly StoredHeartbeat[]): readonly StoredHeartbeat[] {
  const reaching = able.filter(({ isCutOff }) => !isCutOff);
  return reaching.length > 0 ? reaching : able;
}

interface Reach {
  instanceId: string;
  isUp: boolean;
  /** When it sent this report. */
  saidMs: number;
  /** The time at which the instance sent the last query that Postgres answered. */
  heardMs: number;
  /** Since when its queries are answered without a pause. */
  sinceMs: number;
}

function toReach({ instanceId, createdMs, heartbeat }: StoredHeartbeat): Reach[] {
  const { database, state } = heartbeat;
  if (!database) return [];
  const heardMs = createdMs - database.silent_ms;
  const sinceMs = createdMs - database.answering_ms;
  return [{ instanceId, isUp: state === "up", saidMs: createdMs, heardMs, sinceMs }];
}
