/**
 * What an instance may do, by the age of its last acknowledged heartbeat. Others judge by the same
 * TTL. So the instance must stop reading mail before they take over its users.
 *
 *   < 5/6 TTL   claiming   claims and releases users
 *   < TTL       holding    keeps its users and claims no more
 *   ≥ TTL       fenced     reads no mail: the others have taken over its users
 *
 * With a TTL of 30 s, the limits are 25 s and 30 s. A fenced instance keeps its connections open.
 * So after an outage of NATS for all instances, no user must log in again.
 */
export type Standing = "claiming" | "holding" | "fenced";

const CLAIMING_SHARE = 5 / 6;

/**
 * Returns the standing of an instance.
 *
 * @param sinceBeatMs The age of its last acknowledged heartbeat, on a monotonic clock that
 *   continues while the process is paused.
 */
export function judgeStanding(sinceBeatMs: number, ttlMs: number): Standing {
  if (sinceBeatMs < ttlMs * CLAIMING_SHARE) return "claiming";
  return sinceBeatMs < ttlMs ? "holding" : "fenced";
}
