/** How many may come in how long. */
export interface Quota {
  requests: number;
  periodS: number;
}

export interface LimitRules {
  /** Of one sender. */
  each: Quota;
  /** Of all together. */
  all: Quota;
  /**
   * What happens beyond `all`: `refuse` everybody; or refuse those that were counted already, so that one who comes for
   * the first time gets through a flood (`spare-new`).
   */
  beyond: "refuse" | "spare-new";
}

export type Taken = { kind: "taken" } | { kind: "refused"; retryAfterS: number };

/** Counts what nobody vouches for. Where the counts are is not the caller's business: here it is this process's memory. */
export interface AnonymousLimit {
  /** Counts one request of a sender, unless it is one too many. */
  take(sender: string, nowMs: number): Taken;
  /** Of one that turned out to be somebody's. */
  giveBack(sender: string): void;
}

/** 1 to 2 MB. Beyond so many senders at once a new one is refused: it is an attack. */
const MAX_SENDERS = 20_000;

interface Window {
  endsAtMs: number;
  counts: Map<string, number>;
}

export function createAnonymousLimit({ each, all, beyond }: LimitRules): AnonymousLimit {
  const senders: Window = { endsAtMs: 0, counts: new Map() };
  const everybody: Window = { endsAtMs: 0, counts: new Map() };

  return {
    take(sender, nowMs) {
      renew(senders, each, nowMs);
      renew(everybody, all, nowMs);
      const count = senders.counts.get(sender) ?? 0;
      const isNew = count === 0;
      if (count >= each.requests || (isNew && senders.counts.size >= MAX_SENDERS)) {
        return refused(senders, nowMs);
      }
      const isBeyond = countOf(everybody) >= all.requests;
      if (isBeyond && !(isNew && beyond === "spare-new")) return refused(everybody, nowMs);
      senders.counts.set(sender, count + 1);
      everybody.counts.set("", countOf(everybody) + 1);
      return { kind: "taken" };
    },
    giveBack(sender) {
      const count = senders.counts.get(sender) ?? 0;
      if (count > 1) senders.counts.set(sender, count - 1);
      else senders.counts.delete(sender);
      everybody.counts.set("", Math.max(0, countOf(everybody) - 1));
    },
  };
}

function renew(window: Window, { periodS }: Quota, nowMs: number): void {
  // A clock that was set back must not make the window longer.
  const isOver = nowMs >= window.endsAtMs || nowMs < window.endsAtMs - periodS * 1_000;
  if (!isOver) return;
  window.endsAtMs = nowMs + periodS * 1_000;
  window.counts.clear();
}

const countOf = ({ counts }: Window) => counts.get("") ?? 0;

const refused = ({ endsAtMs }: Window, nowMs: number): Taken => ({
  kind: "refused",
  retryAfterS: Math.max(1, Math.ceil((endsAtMs - nowMs) / 1_000)),
});
