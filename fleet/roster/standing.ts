/**
 * What an instance may do. It depends on when the instance sent its last acknowledged heartbeat.
 * The instance must stop reading mail before other instances, which judge by the same TTL, take
 * over its users.
 *
 *   < 5/6 TTL   claiming   claims and releases users
 *   < TTL       holding    keeps its users and claims no more
 *   ≥ TTL       fenced     reads no mail: the others have taken over its users
 *
 * A fenced instance keeps its connections open. So no user has to be logged in again after an
 * outage of NATS that fenced all instances. With a TTL of 30 s, the limits are 25 s and 30 s.
 */
export type Standing = "claiming" | "holding" | "fenced";

const CLAIMING_SHARE = 5 / 6;

/**
 * Returns the standing of an instance by the age of its last acknowledged heartbeat.
 *
 * @param sinceBeatMs The age, on a monotonic clock that continues while the process is paused.
 */
export function judgeStanding(sinceBeatMs: number, ttlMs: number): Standing {
  if (sinceBeatMs < ttlMs * CLAIMING_SHARE) return "claiming";
  return sinceBeatMs < ttlMs ? "holding" : "fenced";
}
