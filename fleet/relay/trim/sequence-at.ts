import type { Bus } from "../../bus/bus.ts";
import { nextMessage } from "../../bus/find-message.ts";

/** A part of a stream, from `first` to below `end`. */
export interface Stretch {
  stream: string;
  /** The subject filter that matches all messages of the stretch. */
  subject: string;
  first: number;
  end: number;
}

/**
 * Returns the first sequence in the stretch whose message was stored at `atMs` or later; the end of
 * the stretch if there is no such message.
 */
export async function sequenceAt(
  bus: Bus,
  { stream, subject, first, end }: Stretch,
  atMs: number,
): Promise<number> {
  let [low, high] = [first, end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // If that message was deleted, the next one is used.
    const stored = await nextMessage(bus, stream, { seq: middle, subject });
    if (!stored || stored.time.getTime() >= atMs) high = middle;
    else low = stored.seq + 1;
  }
  return Math.min(low, end);
}
