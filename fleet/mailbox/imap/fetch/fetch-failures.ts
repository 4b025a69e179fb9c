/**
 * Messages whose fetch failed, and how often it failed. When the fetch of a batch fails, any of its
 * messages may be the cause. So the messages of this batch are then fetched one by one.
 */
export interface FetchFailures {
  /** Messages up to this UID are fetched one by one. */
  singlyUpTo: number;
  counts: ReadonlyMap<number, number>;
}

export const NO_FETCH_FAILURES: FetchFailures = { singlyUpTo: 0, counts: new Map() };

/** Counts one more failure of each message. They are fetched one by one from now on. */
export function addFailures(failures: FetchFailures, uids: readonly number[]): FetchFailures {
  const counts = new Map(failures.counts);
  for (const uid of uids) counts.set(uid, (counts.get(uid) ?? 0) + 1);
  return { counts, singlyUpTo: Math.max(failures.singlyUpTo, ...uids) };
}

/** Drops the failure counts of messages that were fetched, expunged, or recorded as parked. */
export function forgetFailures(failures: FetchFailures, uids: readonly number[]): FetchFailures {
  if (!uids.some((uid) => failures.counts.has(uid))) return failures;
  const counts = new Map(failures.counts);
  for (const uid of uids) counts.delete(uid);
  return { ...failures, counts };
}

export type NextFetch =
  | { kind: "fetch"; uids: number[] }
  /** All messages that are left have failed too often. */
  | { kind: "end"; hopeless: number[] };

/** Decides which of `uids` to fetch next. `uids` must be ascending. */
export function nextFetch(
  { counts, singlyUpTo }: FetchFailures,
  uids: readonly number[],
  maxFailures: number,
): NextFetch {
  const isHopeless = (uid: number) => (counts.get(uid) ?? 0) >= maxFailures;
  const hopeful = uids.filter((uid) => !isHopeless(uid));
  const [first] = hopeful;
  if (first === undefined) return { kind: "end", hopeless: uids.filter(isHopeless) };
  return { kind: "fetch", uids: first <= singlyUpTo ? [first] : hopeful };
}

export type AfterFetchFailure =
  /** The connection still works: try again, or go on with the next message. */
  | { kind: "go_on"; pauseMs: number }
  /** Try again in another session. */
  | { kind: "end_session" };

const PAUSE_MS = 500;

/** Decides what to do after the fetch of `uids` failed. `failures` already counts this failure. */
export function afterFetchFailure(
  { counts }: FetchFailures,
  uids: readonly number[],
  { isClosed, maxFailures }: { isClosed: boolean; maxFailures: number },
): AfterFetchFailure {
  if (isClosed) return { kind: "end_session" };
  if (uids.length > 1) return { kind: "go_on", pauseMs: 0 };
  const count = counts.get(uids[0] ?? 0) ?? 0;
  if (count >= maxFailures) return { kind: "go_on", pauseMs: 0 };
  return count < maxFailures - 1 ? { kind: "go_on", pauseMs: PAUSE_MS } : { kind: "end_session" };
}
