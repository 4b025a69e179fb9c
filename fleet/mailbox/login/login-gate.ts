import type { Clock } from "../../../shared/clock.ts";
import { createTurnQueue, type TurnQueue } from "../../../shared/concurrency/turn-queue.ts";

/** Spaces logins out, so that the restart of a fleet does not look like an attack to a provider. */
export interface LoginGate {
  /**
   * Waits for the next login to a host to be due; partners that wait for the same host take turns. Rejects when
   * `signal` aborts first.
   */
  pass(login: GatedLogin, signal: AbortSignal): Promise<void>;
}

export interface GatedLogin {
  partnerId: string;
  host: string;
  /** The provider's own rate for the whole fleet; null for the fleet's. */
  ratePerS: number | null;
}

/** A login comes up to this share of an interval late, so that instances do not march in step. */
const JITTER = 0.2;
/** What timers that come late may be made up for; a process that stood still does not storm a host afterwards. */
const MAX_BEHIND_MS = 1_000;
/** Hosts whose next login is due are forgotten when there are so many. */
const MAX_IDLE_HOSTS = 1_000;

interface Host {
  /** When the next login is due, by the monotonic clock. */
  dueMs: number;
  queue: TurnQueue<Waiter>;
  /** Aborts when nobody waits any more. */
  serving: AbortController | null;
}

interface Waiter {
  ratePerS: number | null;
  go(): void;
}

/**
 * @param instances How many instances share the rate now.
 */
export function createLoginGate(
  { clock }: { clock: Clock },
  settings: { ratePerS: number },
  instances: () => number,
): LoginGate {
  const hosts = new Map<string, Host>();
  const intervalMs = (ratePerS: number | null) =>
    (1_000 * Math.max(instances(), 1)) / (ratePerS ?? settings.ratePerS);

  function hostOf(name: string): Host {
    const known = hosts.get(name);
    if (known) return known;
    if (hosts.size >= MAX_IDLE_HOSTS) forgetIdle();
    const host: Host = { dueMs: 0, queue: createTurnQueue(), serving: null };
    hosts.set(name, host);
    return host;
  }

  function forgetIdle(): void {
    const nowMs = clock.monotonic();
    for (const [name, { dueMs, serving }] of hosts) {
      if (serving === null && dueMs <= nowMs) hosts.delete(name);
    }
  }

  /** Lets who waits go, one after the other, each when it is due. */
  async function serve(host: Host, ratePerS: number | null): Promise<void> {
    let rate = ratePerS;
    while (host.queue.size > 0) {
      const serving = new AbortController();
      host.serving = serving;
      const jitterMs = intervalMs(rate) * JITTER * clock.random();
      const waitMs = host.dueMs - clock.monotonic() + jitterMs;
      if (waitMs > 0) await clock.sleep(waitMs, serving.signal);
      // Cut short, since nobody waited any more: those that have come since wait their time.
      if (serving.signal.aborted) continue;
      const waiter = host.queue.next(() => true);
      if (!waiter) break;
      rate = waiter.ratePerS;
      const earliestMs = clock.monotonic() - MAX_BEHIND_MS;
      host.dueMs = Math.max(host.dueMs, earliestMs) + intervalMs(rate);
      waiter.go();
    }
    host.serving = null;
  }

  return {
    pass({ partnerId, host: name, ratePerS }, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      const host = hostOf(name);
      const nowMs = clock.monotonic();
      if (host.serving === null && host.dueMs <= nowMs) {
        host.dueMs = nowMs + intervalMs(ratePerS);
        return Promise.resolve();
      }
      return new Promise((resolve, reject) => {
        const party = { partnerId, host: null };
        const waiter: Waiter = {
          ratePerS,
          go() {
            signal.removeEventListener("abort", abandon);
            resolve();
          },
        };
        const abandon = () => {
          host.queue.remove(party, waiter);
          if (host.queue.size === 0) host.serving?.abort();
          reject(signal.reason);
        };
        host.queue.add(party, waiter);
        signal.addEventListener("abort", abandon, { once: true });
        if (host.serving === null) void serve(host, ratePerS);
      });
    },
  };
}
