import { MAX_BATCH_BYTES } from "../imap/input/input-limits.ts";
import { MAX_UID, type UidWindow } from "../imap/uid-window.ts";
import type { MessageHeader } from "../imap/fetch/message-header.ts";

/** The most messages in one batch. All bodies of a batch are in memory until it is published. */
export const MAX_BATCH_MESSAGES = 50;

/**
 * Splits messages into batches within the limits (MAX_BATCH_MESSAGES, MAX_BATCH_BYTES). A message
 * that alone exceeds MAX_BATCH_BYTES is a batch of its own.
 */
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
/**
 * The widest window of UIDs in a mailbox that may hold more messages than this. The answer is one
 * line of up to 700 KB. ImapFlow needs 10 MB to parse such a line.
 */
const WIDEST_WINDOW = 65_536;

/**
 * Returns the next window (range of UIDs) to search. After an empty window, the next one is twice
 * as wide. So even a gap of a million UIDs takes only about 20 searches.
 *
 * @param messages How many messages the mailbox holds; null if unknown.
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

/** Splits UIDs into lists. The messages of one list are fetched with one FETCH. */
export function toSlices(uids: readonly number[]): number[][] {
  const count = Math.ceil(uids.length / MAX_BATCH_MESSAGES);
  return Array.from({ length: count }, (_, i) =>
    uids.slice(i * MAX_BATCH_MESSAGES, (i + 1) * MAX_BATCH_MESSAGES),
  );
}
