import type { Bus } from "../../bus/bus.ts";
import { nextMessage } from "../../bus/find-message.ts";

/** A stretch of a stream: what lies in it and below `end` is looked at. */
export interface Stretch {
  stream: string;
  /** Of all its messages. */
  subject: string;
  first: number;
  end: number;
}

/** The first sequence in a stretch whose message was stored at that time or later; its end if there is none. */
export async function sequenceAt(
  bus: Bus,
  { stream, subject, first, end }: Stretch,
  atMs: number,
): Promise<number> {
  let [low, high] = [first, end];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    // Where it was deleted, the next one tells.
    const stored = await nextMessage(bus, stream, { seq: middle, subject });
    if (!stored || stored.time.getTime() >= atMs) high = middle;
    else low = stored.seq + 1;
  }
  return Math.min(low, end);
}
