import type { Clock } from "../../../shared/clock.ts";
import { nextWindow, toSlices } from "./batches.ts";
import { type UidWindow } from "../imap/uid-window.ts";
import type { MessageHeader } from "../imap/fetch/message-header.ts";
import { type FetchMemory, fetchPatiently } from "../imap/fetch/fetch-patiently.ts";
import { ImapError } from "../imap/failures/imap-error.ts";
import { TooSlow } from "../imap/input/least-rate.ts";
import type { ImapConnection } from "../imap/imap-connection.ts";
import { unreadableHeader } from "../imap/fetch/message-header.ts";

interface HeadersDeps {
  clock: Clock;
}

/** The parts of an open mailbox that are used here. */
interface HeaderSource {
  connection: Pick<
    ImapConnection,
    "closed" | "messages" | "searchUids" | "fetchHeaders" | "beginWork"
  >;
  fetches: FetchMemory;
}

/**
 * How many empty windows (ranges of UIDs) in a row are searched without a pause. Each further
 * search waits first, so an endless gap does not delay other users.
 */
const QUICK_EMPTY_WINDOWS = 256;
const EMPTY_PAUSE_MS = 1_000;

/**
 * The UIDs above `after` up to `lastUid`. With `since`, only mail received on that day or later.
 */
interface UidRange {
  after: number;
  lastUid: number;
  since?: Date;
}

/**
 * Reads the headers of a range of UIDs, ascending, in lists of limited size. Leaves out messages
 * that no longer exist. Marks messages that cannot be fetched as unreadable.
 *
 * @param takePlace Waits for a permit to read, before each list. The permit is held until the next
 * list is requested.
 */
export async function* readHeaders(
  deps: HeadersDeps,
  open: HeaderSource,
  { after, lastUid, since }: UidRange,
  signal: AbortSignal,
  takePlace: () => Promise<Disposable | null> = () => Promise.resolve(null),
): AsyncGenerator<MessageHeader[]> {
  let window: UidWindow | null = null;
  let found = 0;
  let empty = 0;
  for (let from = after; from < lastUid; from = window.last) {
    if (empty >= QUICK_EMPTY_WINDOWS) await deps.clock.sleep(EMPTY_PAUSE_MS, signal);
    signal.throwIfAborted();
    window = nextWindow(from, window, found, open.connection.messages);
    const last = Math.min(window.last, lastUid);
    const uids = await open.connection.searchUids(window.first, last, since);
    found = uids.length;
    empty = found === 0 ? empty + 1 : 0;
    for (const slice of toSlices(uids)) {
      using _place = await takePlace();
      const { headers, tooSlow } = await fetchHeaders(deps, open, slice, signal);
      yield headers;
      if (tooSlow) throw tooSlow;
    }
  }
}

/** The headers that were fetched, by ascending UID. */
interface FetchedHeaders {
  headers: MessageHeader[];
  /**
   * The error to throw after these headers are recorded, if the fetch of the others took too long.
   * Otherwise null.
   */
  tooSlow: ImapError | null;
}

/** Fetches the headers of these messages, within a time limit that only incoming data extends. */
export async function fetchHeaders(
  { clock }: HeadersDeps,
  { connection, fetches: memory }: HeaderSource,
  uids: readonly number[],
  signal: AbortSignal,
): Promise<FetchedHeaders> {
  const work = connection.beginWork();
  const fetch = async (wanted: readonly number[]) => {
    // At some servers, a request for the ENVELOPE of an unusual header ends the connection. So the
    // second try avoids ENVELOPE.
    const avoidEnvelope =
      wanted.length === 1 && wanted.some((uid) => memory.headers.counts.get(uid) === 1);
    const headers = await connection.fetchHeaders(wanted, { avoidEnvelope });
    return new Map(headers.map((header) => [header.uid, header]));
  };
  const isLate = () => work.isLate();
  const { found, hopeless, left } = await fetchPatiently(
    { clock, connection, memory, part: "headers", uids, isLate, fetch },
    signal,
  );
  const unreadable = hopeless.map((uid) => unreadableHeader(uid, clock.now()));
  const headers = [...found.values(), ...unreadable].toSorted((a, b) => a.uid - b.uid);
  const [firstLeft] = left;
  if (firstLeft === undefined) return { headers, tooSlow: null };
  // Returns only the headers before the first message that was not fetched. So the cursor does not
  // skip this message.
  const tooSlow = new ImapError("fetch headers", new TooSlow());
  return { headers: headers.filter(({ uid }) => uid < firstLeft), tooSlow };
}
