import type { Bus } from "../../bus/bus.ts";
import { nextMessage } from "../../bus/find-message.ts";

/** A part of a stream: the sequences from `first` up to, but not including, `end`. */
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
    // If the message at `middle` was deleted, this returns the next one.
    const stored = await nextMessage(bus, stream, { seq: middle, subject });
    if (!stored || stored.time.getTime() >= atMs) high = middle;
    else low = stored.seq + 1;
  }
  return Math.min(low, end);
}
