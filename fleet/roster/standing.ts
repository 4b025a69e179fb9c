/**
 * What an instance may do, by how long ago its last acknowledged heartbeat was sent. It must stop
 * before the others, who judge by the same TTL, take its users over.
 *
 *   < 5/6 TTL   claiming   takes users and lets go of them
 *   < TTL       holding    keeps what it has and takes no more
 *   ≥ TTL       fenced     reads no mail: the others have taken over. Connections stay; if NATS was
 *                          away for all, nobody has to log in again.
 *
 * With a TTL of 30 s: 25 s and 30 s.
 */
export type Standing = "claiming" | "holding" | "fenced";

const CLAIMING_SHARE = 5 / 6;

/** @param sinceBeatMs By a monotonic clock, which goes on while the process is stopped. */
export function standingOf(sinceBeatMs: number, ttlMs: number): Standing {
  if (sinceBeatMs < ttlMs * CLAIMING_SHARE) return "claiming";
  return sinceBeatMs < ttlMs ? "holding" : "fenced";
}
