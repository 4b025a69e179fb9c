/**
 * Remembers callers whose key or session was recently found in the database, so that anonymous
 * requests do not slow them down.
 */
export interface KnownCallers {
  /**
   * Returns who recently used the secret with this hash. The caller must still look the secret up:
   * it may have been revoked since.
   */
  findOwner(secretHash: string, nowMs: number): string | undefined;
  remember(secretHash: string, owner: string, nowMs: number): void;
  forget(secretHash: string): void;
}

const KNOWN_FOR_MS = 15 * 60_000;

/**
 * Creates an empty memory of known callers.
 * @param max How many callers are remembered; beyond this number, the oldest is forgotten.
 */
export function createKnownCallers(max = 10_000): KnownCallers {
  const callers = new Map<string, { owner: string; untilMs: number }>();
  return {
    findOwner(secretHash, nowMs) {
      const caller = callers.get(secretHash);
      return caller && caller.untilMs > nowMs ? caller.owner : undefined;
    },
    remember(secretHash, owner, nowMs) {
      // Deleted first, to become the newest: a Map keeps the order of insertion.
      callers.delete(secretHash);
      callers.set(secretHash, { owner, untilMs: nowMs + KNOWN_FOR_MS });
      const [oldest] = callers.keys();
      if (callers.size > max && oldest !== undefined) callers.delete(oldest);
    },
    forget: (secretHash) => void callers.delete(secretHash),
  };
}
