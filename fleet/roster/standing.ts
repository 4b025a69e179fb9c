/**
 * What an instance may do, by how long ago its last acknowledged heartbeat was sent. The instance
 * must stop before the others, which judge by the same TTL, take over its users.
 *
 *   < 5/6 TTL   claiming   claims and releases users
 *   < TTL       holding    keeps its users and claims no more
 *   ≥ TTL       fenced     reads no mail: the others have taken over. Connections stay open, so that nobody
 *                          has to log in again if NATS was away for all.
 *
 * With a TTL of 30 s, the limits are 25 s and 30 s.
 */
export type Standing = "claiming" | "holding" | "fenced";

const CLAIMING_SHARE = 5 / 6;

/**
 * Returns the standing of an instance by the age of its last acknowledged heartbeat.
 *
 * @param sinceBeatMs On a monotonic clock that continues while the process is paused.
 */
export function judgeStanding(sinceBeatMs: number, ttlMs: number): Standing {
  if (sinceBeatMs < ttlMs * CLAIMING_SHARE) return "claiming";
  return sinceBeatMs < ttlMs ? "holding" : "fenced";
}
