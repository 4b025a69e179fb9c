import type { Clock } from "../clock.ts";
import { AppError } from "../errors.ts";

/** Places for the work of requests, shared out to their owners. */
export interface LeasedPlaces {
  /**
   * Waits for a place. Give it back by disposing of it.
   *
   * @throws {AppError} `unavailable` when too many wait, or none becomes free in time.
   */
  take(owner: string): Promise<Disposable>;
}

export interface PlaceRules {
  /** What the places are for: `a connection to the database`. */
  what: string;
  places: number;
  /** Of these one owner has so many at most. */
  share: number;
  /** So many may wait, of one owner half as many where others could come. */
  queue: number;
  waitMs: number;
  /** After so long a place counts as given back: its request was cut off, and nothing of it runs any more. */
  leaseMs: number;
  /** A place that was given back stays empty for so long, so that others than its owners have the thread meanwhile. */
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

/** A request that is cut off never says so, and may be the one that was woken: each looks by itself, too. */
const LOOK_INTERVAL_MS = 100;
/** Who did not look for so long does not live any more, and is passed over. */
const SILENT_MS = 2_000;

/** Bounds how many work at once. Who waits is served in order, but for owners that have their share. */
export function createLeasedPlaces(
  clock: Pick<Clock, "monotonic" | "sleep">,
  rules: PlaceRules,
): LeasedPlaces {
  const { restMs = 0 } = rules;
  const queueShare = rules.share < rules.places ? Math.ceil(rules.queue / 2) : rules.queue;
  const held = new Set<Held>();
  const waiting = new Set<Waiter>();

  const isFree = (owner: string) => held.size < rules.places && countOf(held, owner) < rules.share;

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

  /** Whether nobody who came earlier may have a free place. */
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
      if (waiting.size >= rules.queue || countOf(waiting, owner) >= queueShare) throw full(rules);
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

function countOf(entries: ReadonlySet<Held>, owner: string): number {
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

/** Until it is woken, or time to look. */
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
