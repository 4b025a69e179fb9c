import type { StoredHeartbeat } from "./heartbeat.ts";

/**
 * The instances that Postgres does not answer though it answers others: those it did not answer for
 * a TTL in which it answered another without a pause. While it answers nobody, nobody is cut off,
 * since nobody could take anything over; nor is, when it comes back, who hears of that last.
 *
 * A heartbeat says nothing of the time after it: where NATS was away, one of before stands beside one of after, and the
 * silence between them is that of NATS.
 *
 * All times are of the server that keeps the heartbeats. An older instance says nothing of Postgres,
 * and neither is cut off nor has others cut off.
 */
export function findCutOff(live: readonly StoredHeartbeat[], ttlMs: number): ReadonlySet<string> {
  const cutOff = new Set<string>();
  const reaches = live.flatMap(reachOf);
  for (const { instanceId, heardMs, saidMs } of reaches) {
    const isAnsweredInstead = (other: Reach) =>
      other.isUp && Math.min(other.heardMs, saidMs) - Math.max(other.sinceMs, heardMs) >= ttlMs;
    if (reaches.some(isAnsweredInstead)) cutOff.add(instanceId);
  }
  return cutOff;
}

/** Those of some instances that may do their work; all of them where nobody else could do it. */
export function notCutOff(able: readonly StoredHeartbeat[]): readonly StoredHeartbeat[] {
  const reaching = able.filter(({ isCutOff }) => !isCutOff);
  return reaching.length > 0 ? reaching : able;
}

interface Reach {
  instanceId: string;
  isUp: boolean;
  /** When it said so. */
  saidMs: number;
  /** When it asked what Postgres answered last. */
  heardMs: number;
  /** Since when it is answered without a pause. */
  sinceMs: number;
}

function reachOf({ instanceId, createdMs, heartbeat }: StoredHeartbeat): Reach[] {
  const { database, state } = heartbeat;
  if (!database) return [];
  const heardMs = createdMs - database.silent_ms;
  const sinceMs = createdMs - database.answering_ms;
  return [{ instanceId, isUp: state === "up", saidMs: createdMs, heardMs, sinceMs }];
}
