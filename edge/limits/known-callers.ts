/** Whose key or session was found in the database a short while ago, so that strangers do not hold them up. */
export interface KnownCallers {
  /** Whose it is, by the hash of the secret. It still has to be looked up. */
  ownerOf(secretHash: string, nowMs: number): string | undefined;
  remember(secretHash: string, owner: string, nowMs: number): void;
  forget(secretHash: string): void;
}

const KNOWN_FOR_MS = 15 * 60_000;

/** @param max So many are kept; the one that came longest ago makes room. */
export function createKnownCallers(max = 10_000): KnownCallers {
  const callers = new Map<string, { owner: string; untilMs: number }>();
  return {
    ownerOf(secretHash, nowMs) {
      const caller = callers.get(secretHash);
      return caller && caller.untilMs > nowMs ? caller.owner : undefined;
    },
    remember(secretHash, owner, nowMs) {
      // The order of a Map is that of its insertions.
      callers.delete(secretHash);
      callers.set(secretHash, { owner, untilMs: nowMs + KNOWN_FOR_MS });
      const [oldest] = callers.keys();
      if (callers.size > max && oldest !== undefined) callers.delete(oldest);
    },
    forget: (secretHash) => void callers.delete(secretHash),
  };
}
