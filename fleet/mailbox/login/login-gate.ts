import type { Clock } from "../../../shared/clock.ts";
import { createTurnQueue, type TurnQueue } from "../../../shared/concurrency/turn-queue.ts";

/**
 * Limits the rate of logins. Without a limit, a restart of the fleet would look like an attack to a
 * provider.
 */
export interface LoginGate {
  /**
   * Waits until the next login to a host is due. Partners that wait for the same host take turns.
   * Rejects when `signal` aborts first.
   */
  pass(login: GatedLogin, signal: AbortSignal): Promise<void>;
}

export interface GatedLogin {
  partnerId: string;
  host: string;
  /** The provider's own rate for the whole fleet; null for the default rate. */
  ratePerS: number | null;
}

/**
 * A waiting login gets a further, random delay. The delay is at most this share of the interval
 * between two logins. So instances do not log in at the same moment.
 */
const JITTER = 0.2;
/**
 * Late logins follow each other faster until they are on time again. They catch up at most this
 * much time, so a long delay causes no burst of logins.
 */
const MAX_BEHIND_MS = 1_000;
/**
 * When this many hosts are in memory, idle hosts are dropped. A host is idle if no login waits and
 * the next login may begin at once.
 */
const MAX_IDLE_HOSTS = 1_000;

interface Host {
  /** When the next login is due, on the monotonic clock. */
  dueMs: number;
  queue: TurnQueue<Waiter>;
  /** Ends the sleep of `serve()` when no login waits. Null while `serve()` does not run. */
  serving: AbortController | null;
}

interface Waiter {
  ratePerS: number | null;
  go(): void;
}

/**
 * Creates a login gate for one process.
 * @param instances Returns how many instances share the rate now.
 */
export function createLoginGate(
  { clock }: { clock: Clock },
  settings: { ratePerS: number },
  instances: () => number,
): LoginGate {
  const hosts = new Map<string, Host>();
  const intervalMs = (ratePerS: number | null) =>
    (1_000 * Math.max(instances(), 1)) / (ratePerS ?? settings.ratePerS);

  function ensureHost(name: string): Host {
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

  /** Lets the waiting logins pass one by one, each when it is due. */
  async function serve(host: Host, ratePerS: number | null): Promise<void> {
    let rate = ratePerS;
    while (host.queue.size > 0) {
      const serving = new AbortController();
      host.serving = serving;
      const jitterMs = intervalMs(rate) * JITTER * clock.random();
      const waitMs = host.dueMs - clock.monotonic() + jitterMs;
      if (waitMs > 0) await clock.sleep(waitMs, serving.signal);
      // The sleep ended early because no login was waiting any more. A login that was added since
      // then must wait for its full time.
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
      const host = ensureHost(name);
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
