import type { Clock } from "../clock.ts";
import { AppError } from "../errors.ts";

/**
 * Permits (places) that limit how many requests of a Worker work at the same time. The runtime may
 * end a request without running the code that releases its place. So each place becomes free when
 * its lease ends.
 */
export interface LeasedPlaces {
  /**
   * Waits for a place. Dispose of the result to release the place.
   *
   * @throws {AppError} `unavailable` when the queue is full, or no place becomes free within
   * `waitMs`.
   */
  take(owner: string): Promise<Disposable>;
}

export interface PlaceRules {
  /** What a place permits, for error messages: `a connection to the database`. */
  what: string;
  places: number;
  /** The maximum number of places that one owner may hold. */
  share: number;
  /**
   * The maximum number of requests that wait. One owner may fill at most half of the queue, unless
   * `share` lets it hold every place.
   */
  queue: number;
  waitMs: number;
  /**
   * How long a request may hold a place. After this time the place is free again. By then, the
   * runtime has ended the request.
   */
  leaseMs: number;
  /**
   * How long a released place stays unused. Meanwhile, requests that need no place can use the
   * thread.
   */
  restMs?: number;
}

interface Held {
  owner: string;
  untilMs: number;
}
interface Waiter extends Held {
  seenAtMs: number;
  woken: PromiseWithResolvers<void>;
  isWoken: boolean;
}

/**
 * How often a waiting request checks for a free place. Waiting to be woken is not enough: a free
 * place wakes only one request, which the runtime may have ended.
 */
const LOOK_INTERVAL_MS = 100;
/** A waiting request that has not checked for this long counts as ended and is skipped. */
const SILENT_MS = 2_000;

/**
 * Creates the places. Waiting requests get a place in order, except that owners with a full share
 * are skipped.
 */
export function createLeasedPlaces(
  clock: Pick<Clock, "monotonic" | "sleep">,
  rules: PlaceRules,
): LeasedPlaces {
  const { restMs = 0 } = rules;
  const queueShare = rules.share < rules.places ? Math.ceil(rules.queue / 2) : rules.queue;
  const held = new Set<Held>();
  const waiting = new Set<Waiter>();

  const isFree = (owner: string) =>
    held.size < rules.places && countHeld(held, owner) < rules.share;

  const hold = (owner: string): Disposable => {
    const place = { owner, untilMs: clock.monotonic() + rules.leaseMs };
    held.add(place);
    return {
      [Symbol.dispose]() {
        if (restMs > 0) place.untilMs = Math.min(place.untilMs, clock.monotonic() + restMs);
        else if (held.delete(place)) wakeNext();
      },
    };
  };

  const wakeNext = () => {
    for (const waiter of waiting) {
      if (waiter.isWoken || !isFree(waiter.owner)) continue;
      waiter.isWoken = true;
      return waiter.woken.resolve();
    }
  };

  /**
   * Whether no earlier waiter could take the free place. Without `waiter`, the answer is for a new
   * request, which comes after all waiters.
   */
  const isNext = (nowMs: number, waiter?: Waiter): boolean => {
    for (const other of waiting) {
      if (other === waiter) return true;
      if (nowMs - other.seenAtMs < SILENT_MS && isFree(other.owner)) return false;
    }
    return true;
  };

  return {
    async take(owner) {
      const startedAtMs = clock.monotonic();
      forget(held, startedAtMs);
      forget(waiting, startedAtMs);
      if (isFree(owner) && isNext(startedAtMs)) return hold(owner);
      if (waiting.size >= rules.queue || countHeld(waiting, owner) >= queueShare) throw full(rules);
      const waiter = newWaiter(owner, startedAtMs, rules.waitMs);
      waiting.add(waiter);
      try {
        while (waiter.seenAtMs < waiter.untilMs) {
          await rest(clock, waiter);
          waiter.seenAtMs = clock.monotonic();
          forget(held, waiter.seenAtMs);
          if (isFree(owner) && isNext(waiter.seenAtMs, waiter)) return hold(owner);
        }
      } finally {
        waiting.delete(waiter);
      }
      throw full(rules);
    },
  };
}

function countHeld(entries: ReadonlySet<Held>, owner: string): number {
  let count = 0;
  for (const entry of entries) if (entry.owner === owner) count++;
  return count;
}

const newWaiter = (owner: string, nowMs: number, waitMs: number): Waiter => ({
  owner,
  seenAtMs: nowMs,
  untilMs: nowMs + waitMs,
  woken: Promise.withResolvers<void>(),
  isWoken: false,
});

/** Waits until this waiter is woken, or until its next check. */
async function rest(clock: Pick<Clock, "sleep">, waiter: Waiter): Promise<void> {
  const slept = new AbortController();
  await Promise.race([clock.sleep(LOOK_INTERVAL_MS, slept.signal), waiter.woken.promise]);
  slept.abort();
  if (!waiter.isWoken) return;
  waiter.isWoken = false;
  waiter.woken = Promise.withResolvers<void>();
}

function forget<T extends Held>(entries: Set<T>, nowMs: number): void {
  for (const entry of entries) if (entry.untilMs <= nowMs) entries.delete(entry);
}

const full = ({ what }: PlaceRules) =>
  new AppError("unavailable", `Cannot get ${what}: too many wait for one`, { retryAfterS: 1 });
