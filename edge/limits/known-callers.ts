/**
 * Remembers callers whose key or session was recently found in the database. Their requests do not
 * count as anonymous and use other connections, so a flood of anonymous requests does not slow them
 * down.
 */
export interface KnownCallers {
  /**
   * Returns the partner or admin who recently used the secret with this hash. The secret may have
   * been revoked since, so the database must still be asked.
   */
  findOwner(secretHash: string, nowMs: number): string | undefined;
  remember(secretHash: string, owner: string, nowMs: number): void;
  forget(secretHash: string): void;
}

const KNOWN_FOR_MS = 15 * 60_000;

/**
 * Creates an empty list of known callers.
 * @param max How many callers are remembered. Beyond this number, the oldest is forgotten.
 */
export function createKnownCallers(max = 10_000): KnownCallers {
  const callers = new Map<string, { owner: string; untilMs: number }>();
  return {
    findOwner(secretHash, nowMs) {
      const caller = callers.get(secretHash);
      return caller && caller.untilMs > nowMs ? caller.owner : undefined;
    },
    remember(secretHash, owner, nowMs) {
      // A Map keeps the order of insertion. A known caller is deleted and inserted again, so that
      // it becomes the newest.
      callers.delete(secretHash);
      callers.set(secretHash, { owner, untilMs: nowMs + KNOWN_FOR_MS });
      const [oldest] = callers.keys();
      if (callers.size > max && oldest !== undefined) callers.delete(oldest);
    },
    forget: (secretHash) => void callers.delete(secretHash),
  };
}
