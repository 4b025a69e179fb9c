import type { Clock } from "../../../shared/clock.ts";
import { nextWindow, toSlices } from "./batches.ts";
import { type UidWindow } from "../imap/uid-window.ts";
import type { MessageHeader } from "../imap/fetch/message-header.ts";
import { type FetchMemory, fetchPatiently } from "../imap/fetch/fetch-patiently.ts";
import type { ImapConnection } from "../imap/imap-connection.ts";
import { unreadableHeader } from "../imap/fetch/message-header.ts";

interface HeadersDeps {
  clock: Clock;
}

/** What is asked of an open mailbox. */
interface HeaderSource {
  connection: Pick<ImapConnection, "closed" | "messages" | "searchUids" | "fetchHeaders">;
  fetches: FetchMemory;
}

/** After so many empty windows one after the other the next ones come slowly: an endless gap holds up nobody. */
const QUICK_EMPTY_WINDOWS = 256;
const EMPTY_PAUSE_MS = 1_000;

/** Which messages: those above `after` up to `lastUid`, and of these the ones that came on the day of `since` or later. */
interface UidRange {
  after: number;
  lastUid: number;
  since?: Date;
}

/**
 * Headers of a range of UIDs, ascending, in lists that are small whatever the mailbox holds. What
 * is not there any more is left out; what cannot be fetched is unreadable.
 *
 * @param takePlace A place for each list, held until the next one is asked for.
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
      yield await fetchHeaders(deps, open, slice, signal);
    }
  }
}

/** Headers of these messages, ascending. */
export async function fetchHeaders(
  { clock }: HeadersDeps,
  { connection, fetches: memory }: HeaderSource,
  uids: readonly number[],
  signal: AbortSignal,
): Promise<MessageHeader[]> {
  const fetch = async (wanted: readonly number[]) => {
    // ENVELOPE of an odd header ends the connection at some servers: the second try is without it.
    const avoidEnvelope =
      wanted.length === 1 && wanted.some((uid) => memory.headers.counts.get(uid) === 1);
    const headers = await connection.fetchHeaders(wanted, { avoidEnvelope });
    return new Map(headers.map((header) => [header.uid, header]));
  };
  const { found, hopeless } = await fetchPatiently(
    { clock, connection, memory, part: "headers", uids, fetch },
    signal,
  );
  const unreadable = hopeless.map((uid) => unreadableHeader(uid, clock.now()));
  return [...found.values(), ...unreadable].toSorted((a, b) => a.uid - b.uid);
}
