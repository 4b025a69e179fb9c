/** How many requests are allowed in a period. */
export interface RequestQuota {
  requests: number;
  periodS: number;
}

export interface LimitRules {
  /** The quota of one sender. */
  each: RequestQuota;
  /** The quota of all senders together. */
  all: RequestQuota;
  /**
   * What happens when `all` is exceeded. `refuse`: every sender is refused. `spare-new`: only
   * senders with earlier requests in the current period of `each` are refused, so that new senders
   * can get in during a flood.
   */
  beyond: "refuse" | "spare-new";
}

export type LimitVerdict = { kind: "taken" } | { kind: "refused"; retryAfterS: number };

/** Counts requests of callers without valid credentials, in the memory of the process. */
export interface AnonymousLimit {
  /** Counts one request of a sender, unless the limit is reached. */
  take(sender: string, nowMs: number): LimitVerdict;
  /** Subtracts a request from the count. Call it when the credentials turned out to be valid. */
  giveBack(sender: string): void;
}

/**
 * How many senders are counted at the same time. The counts need 1 to 2 MB of memory. Only an
 * attack has more senders, and then new senders are refused.
 */
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
      const isBeyond = readTotal(everybody) >= all.requests;
      if (isBeyond && !(isNew && beyond === "spare-new")) return refused(everybody, nowMs);
      senders.counts.set(sender, count + 1);
      everybody.counts.set("", readTotal(everybody) + 1);
      return { kind: "taken" };
    },
    giveBack(sender) {
      const count = senders.counts.get(sender) ?? 0;
      if (count > 1) senders.counts.set(sender, count - 1);
      else senders.counts.delete(sender);
      everybody.counts.set("", Math.max(0, readTotal(everybody) - 1));
    },
  };
}

function renew(window: Window, { periodS }: RequestQuota, nowMs: number): void {
  // The window also ends when the clock was set back. Otherwise it would last longer than
  // `periodS`.
  const isOver = nowMs >= window.endsAtMs || nowMs < window.endsAtMs - periodS * 1_000;
  if (!isOver) return;
  window.endsAtMs = nowMs + periodS * 1_000;
  window.counts.clear();
}

const readTotal = ({ counts }: Window) => counts.get("") ?? 0;

const refused = ({ endsAtMs }: Window, nowMs: number): LimitVerdict => ({
  kind: "refused",
  retryAfterS: Math.max(1, Math.ceil((endsAtMs - nowMs) / 1_000)),
});
