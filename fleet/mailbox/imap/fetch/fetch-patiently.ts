import type { Clock } from "../../../../shared/clock.ts";
import { ImapError } from "../failures/imap-error.ts";
import {
  addFailures,
  afterFailure,
  type FetchFailures,
  forgetFailures,
  nextFetch,
  NO_FAILURES,
} from "./fetch-failures.ts";
import type { ImapConnection } from "../imap-connection.ts";

/** What failed of one user, remembered from session to session. */
export interface FetchMemory {
  headers: FetchFailures;
  bodies: FetchFailures;
  /** After so many failures a message is given up for now. */
  readonly maxFailures: number;
}

export const newFetchMemory = (maxFailures = 3): FetchMemory => ({
  headers: NO_FAILURES,
  bodies: NO_FAILURES,
  maxFailures,
});

/** A message could not be fetched: the next session need not wait long to look for the culprit. */
export class MessageNotFetched extends ImapError {
  constructor(part: string, error: unknown) {
    super(`fetch ${part}`, error instanceof ImapError ? error.cause : error);
  }
}

export interface Fetched<T> {
  found: Map<number, T>;
  /** Failed too often; to be parked. What is neither here nor found is gone. */
  hopeless: number[];
  /** Ascending; not fetched, since the time was over. */
  left: number[];
}

interface PatientFetch<T> {
  clock: Clock;
  connection: Pick<ImapConnection, "closed" | "searchUids">;
  memory: FetchMemory;
  part: "headers" | "bodies";
  /** Ascending. */
  uids: readonly number[];
  /** Whether it has taken too long: then what was found by then is the answer. */
  isLate?(): boolean;
  fetch(uids: readonly number[]): Promise<Map<number, T>>;
}

/**
 * Fetches messages, and finds out which of them cannot be fetched. Rejects with MessageNotFetched
 * where another session must go on; `memory` tells it what to do.
 */
export async function fetchPatiently<T>(
  { clock, connection, memory, part, uids, isLate = () => false, fetch }: PatientFetch<T>,
  signal: AbortSignal,
): Promise<Fetched<T>> {
  const { maxFailures } = memory;
  const found = new Map<number, T>();
  const gone = new Set<number>();
  for (;;) {
    const left = uids.filter((uid) => !found.has(uid) && !gone.has(uid));
    const next = nextFetch(memory[part], left, maxFailures);
    if (next.kind === "end") return { found, hopeless: next.hopeless, left: [] };
    if (found.size > 0 && isLate()) return cutShort(memory, found, left);
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
      // It is no message's fault, and the next session begins when the server wants one.
      if (error instanceof ImapError && error.retryAfterMs !== null) throw error;
      const failed = next.uids.filter((uid) => !found.has(uid) && !gone.has(uid));
      memory[part] = addFailures(memory[part], failed);
      // Of a batch it may be the sum: RFC822.SIZE is wrong at times. Of one message it is the server.
      if (error instanceof ImapError && error.isHarm && failed.length === 1) throw error;
      const after = afterFailure(memory[part], failed, { isClosed, maxFailures });
      if (after.kind === "end_session")
        throw isSlow(error) ? error : new MessageNotFetched(part, error);
      await clock.sleep(after.pauseMs, signal);
    }
  }
}

/** Nobody hurries to a server that is slow. */
const isSlow = (error: unknown) =>
  error instanceof ImapError && error.failure.reason === "server_too_slow";

/** Those that failed too often are no reason to come back. */
function cutShort<T>(
  { bodies, maxFailures }: FetchMemory,
  found: Map<number, T>,
  left: readonly number[],
): Fetched<T> {
  const isHopeless = (uid: number) => (bodies.counts.get(uid) ?? 0) >= maxFailures;
  return {
    found,
    hopeless: left.filter(isHopeless),
    left: left.filter((uid) => !isHopeless(uid)),
  };
}

/** Which of these the server still has: a message may be expunged while it is fetched. */
async function findPresent(
  connection: Pick<ImapConnection, "searchUids">,
  uids: readonly number[],
): Promise<Set<number>> {
  const [first] = uids;
  if (first === undefined) return new Set();
  const last = uids.at(-1) ?? first;
  // Twice: a server that leaves one out of its answer would have it taken for expunged.
  const present = await connection.searchUids(first, last);
  if (present.length < uids.length) present.push(...(await connection.searchUids(first, last)));
  const asked = new Set(uids);
  return new Set(present.filter((uid) => asked.has(uid)));
}
