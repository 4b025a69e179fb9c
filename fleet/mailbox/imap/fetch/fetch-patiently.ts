import type { Clock } from "../../../../shared/clock.ts";
import { ImapError } from "../failures/imap-error.ts";
import {
  addFailures,
  afterFetchFailure,
  type FetchFailures,
  forgetFailures,
  nextFetch,
  NO_FETCH_FAILURES,
} from "./fetch-failures.ts";
import type { ImapConnection } from "../imap-connection.ts";

/** Failed fetches of one user, kept across the user's sessions. */
export interface FetchMemory {
  headers: FetchFailures;
  bodies: FetchFailures;
  /** A message whose fetch failed this many times is parked (see `hopeless` in `Fetched`). */
  readonly maxFailures: number;
}

/** Returns a memory without failures. */
export const newFetchMemory = (maxFailures = 3): FetchMemory => ({
  headers: NO_FETCH_FAILURES,
  bodies: NO_FETCH_FAILURES,
  maxFailures,
});

/**
 * Thrown when a message could not be fetched. The next session begins soon, to find out which
 * message is the cause.
 */
export class MessageNotFetched extends ImapError {
  constructor(part: string, error: unknown) {
    super(`fetch ${part}`, error instanceof ImapError ? error.cause : error);
  }
}

export interface Fetched<T> {
  found: Map<number, T>;
  /**
   * Messages that failed too often and must be parked. A message in none of `found`, `hopeless` and
   * `left` no longer exists.
   */
  hopeless: number[];
  /** Messages that were not fetched because the fetch took too long; ascending. */
  left: number[];
}

interface PatientFetch<T> {
  clock: Clock;
  connection: Pick<ImapConnection, "closed" | "searchUids">;
  memory: FetchMemory;
  part: "headers" | "bodies";
  /** Ascending. */
  uids: readonly number[];
  /** Returns whether the fetch takes too long. If so, only what was found so far is returned. */
  isLate?(): boolean;
  fetch(uids: readonly number[]): Promise<Map<number, T>>;
}

/**
 * Fetches messages, and finds out which of them cannot be fetched. Rejects with MessageNotFetched
 * when the session must end. The next session continues, and must pass the same `memory`.
 */
export async function fetchPatiently<T>(
  { clock, connection, memory, part, uids, isLate = () => false, fetch }: PatientFetch<T>,
  signal: AbortSignal,
): Promise<Fetched<T>> {
  const { maxFailures } = memory;
  const found = new Map<number, T>();
  const gone = new Set<number>();
  const isHopeless = (uid: number) => (memory[part].counts.get(uid) ?? 0) >= maxFailures;
  for (;;) {
    const left = uids.filter((uid) => !found.has(uid) && !gone.has(uid));
    const next = nextFetch(memory[part], left, maxFailures);
    if (next.kind === "end") return { found, hopeless: next.hopeless, left: [] };
    if (found.size > 0 && isLate()) return cutShort(isHopeless, found, left);
    try {
      for (const [uid, value] of await fetch(next.uids)) found.set(uid, value);
      const missing = next.uids.filter((uid) => !found.has(uid));
      const present = await findPresent(connection, missing);
      for (const uid of missing) if (!present.has(uid)) gone.add(uid);
      memory[part] = forgetFailures(
        memory[part],
        next.uids.filter((uid) => !present.has(uid)),
      );
      if (present.size > 0) throw new Error("The server has the message and does not send it");
    } catch (error) {
      const isClosed = connection.closed.aborted;
      if (signal.aborted && !isClosed) throw error;
      // The server throttles us: no message caused this failure. The next session waits as long as
      // the server asked.
      if (error instanceof ImapError && error.retryAfterMs !== null) throw error;
      const failed = next.uids.filter((uid) => !found.has(uid) && !gone.has(uid));
      memory[part] = addFailures(memory[part], failed);
      // `isHarm`: the server sent too much, or blocked the process. For a single message, the
      // server is to blame. Of several messages, one may be larger than its RFC822.SIZE.
      if (error instanceof ImapError && error.isHarm && failed.length === 1) throw error;
      const after = afterFetchFailure(memory[part], failed, { isClosed, maxFailures });
      if (after.kind === "end_session")
        throw isSlow(error) ? error : new MessageNotFetched(part, error);
      await clock.sleep(after.pauseMs, signal);
    }
  }
}

/**
 * Whether the server was too slow. Such an error must not become MessageNotFetched: the next
 * session would begin too soon.
 */
const isSlow = (error: unknown) =>
  error instanceof ImapError && error.failure.reason === "server_too_slow";

/**
 * Returns what was found so far. Messages that failed too often are in `hopeless` and not in
 * `left`, so they are not fetched again.
 */
function cutShort<T>(
  isHopeless: (uid: number) => boolean,
  found: Map<number, T>,
  left: readonly number[],
): Fetched<T> {
  return {
    found,
    hopeless: left.filter(isHopeless),
    left: left.filter((uid) => !isHopeless(uid)),
  };
}

/** Returns which of the messages still exist: a message may be expunged while it is fetched. */
async function findPresent(
  connection: Pick<ImapConnection, "searchUids">,
  uids: readonly number[],
): Promise<Set<number>> {
  const [first] = uids;
  if (first === undefined) return new Set();
  const last = uids.at(-1) ?? first;
  // If a message is missing, asks again: it would count as expunged. The server may have left it
  // out by mistake.
  const present = await connection.searchUids(first, last);
  if (present.length < uids.length) present.push(...(await connection.searchUids(first, last)));
  const asked = new Set(uids);
  return new Set(present.filter((uid) => asked.has(uid)));
}
