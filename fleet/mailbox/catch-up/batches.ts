import { MAX_BATCH_BYTES } from "../imap/input/input-limits.ts";
import { MAX_UID, type UidWindow } from "../imap/uid-window.ts";
import type { MessageHeader } from "../imap/fetch/message-header.ts";

/** Bodies are held in memory until they are published: both bounds hold for one batch. */
export const MAX_BATCH_MESSAGES = 50;

/** Cuts a list of messages into batches whose bodies fit the bounds. One larger body is a batch of its own. */
export function toBatches<T extends Pick<MessageHeader, "sizeBytes">>(
  messages: readonly T[],
): T[][] {
  const batches: T[][] = [];
  let batch: T[] = [];
  let bytes = 0;
  for (const message of messages) {
    const isFull =
      batch.length === MAX_BATCH_MESSAGES || bytes + message.sizeBytes > MAX_BATCH_BYTES;
    if (isFull && batch.length > 0) {
      batches.push(batch);
      batch = [];
      bytes = 0;
    }
    batch.push(message);
    bytes += message.sizeBytes;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}

const FIRST_WINDOW = 1_000;
/** The answer is one line of up to 700 KB then, and takes 10 MB while the library parses it. */
const WIDEST_WINDOW = 65_536;

/**
 * The next slice to look at: twice as wide after an empty one, so that a gap of a million UIDs takes a dozen questions.
 *
 * @param messages How many the mailbox holds: no answer names more. Where these are many, or unknown, the slice is
 *   never so wide that its answer grows large.
 */
export function nextWindow(
  after: number,
  previous: UidWindow | null,
  found: number,
  messages: number | null,
): UidWindow {
  const doubled = previous && found === 0 ? (previous.last - previous.first + 1) * 2 : FIRST_WINDOW;
  const hasFew = messages !== null && messages <= WIDEST_WINDOW;
  const width = hasFew ? doubled : Math.min(doubled, WIDEST_WINDOW);
  return { first: after + 1, last: Math.min(after + width, MAX_UID) };
}

/** Cuts UIDs into lists that one FETCH asks for. */
export function toSlices(uids: readonly number[]): number[][] {
  const count = Math.ceil(uids.length / MAX_BATCH_MESSAGES);
  return Array.from({ length: count }, (_, i) =>
    uids.slice(i * MAX_BATCH_MESSAGES, (i + 1) * MAX_BATCH_MESSAGES),
  );
}
