import type { StoredHeartbeat } from "./heartbeat.ts";

/**
 * Returns the instances that get no answer from Postgres although another instance does. For each
 * instance, two periods are compared:
 *
 * - Its silence: from its last answered query to its last heartbeat.
 * - The answers to another instance in state `up`: from the first answer after a pause to the last
 *   answered query.
 *
 * If the periods overlap for a TTL, the instance is cut off. While Postgres answers no instance,
 * none is cut off. After such an outage, an instance has one TTL more than the others to notice
 * that Postgres answers again.
 *
 * The time after an instance's last heartbeat does not count. During an outage of NATS, Postgres
 * may answer an instance that cannot report it.
 *
 * All times are on the clock of the NATS server. An instance of an earlier version reports nothing
 * about Postgres: it is never cut off, and no other is cut off because of it.
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
