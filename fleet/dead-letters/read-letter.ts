import * as v from "valibot";
import type { Bus } from "../bus/bus.ts";
import { deleteMessage, findMessage } from "../bus/find-message.ts";
import { DEAD } from "../bus/subjects.ts";
import { type DeadLetter, deadLetter, letterId } from "../webhook/delivery/dead-letter.ts";

/** Where the letter of an event is expected in DEAD. */
export interface LetterPlace {
  eventId: string;
  /** Null if it is known that the letter no longer exists. */
  streamSeq: number | null;
}

const letterJson = v.pipe(v.string(), v.parseJson(), deadLetter);

/**
 * Reads a letter from DEAD. Returns null if it no longer exists. Rejects when NATS does not answer.
 */
export async function readLetter(
  bus: Bus,
  { eventId, streamSeq: seq }: LetterPlace,
): Promise<DeadLetter | null> {
  if (seq === null) return null;
  const stored = await findMessage(bus, DEAD, { seq, id: letterId(eventId) });
  const parsed = v.safeParse(letterJson, stored?.string());
  return parsed.success ? parsed.output : null;
}

/**
 * Deletes the letters of an event at these sequences. Does not delete letters of other events.
 * Idempotent.
 * @returns how many letters were deleted.
 */
export async function deleteFromDead(
  bus: Bus,
  eventId: string,
  seqs: readonly number[],
): Promise<number> {
  let deleted = 0;
  for (const seq of seqs) {
    if (!(await findMessage(bus, DEAD, { seq, id: letterId(eventId) }))) continue;
    await deleteMessage(bus, DEAD, seq, { overwrite: true });
    deleted++;
  }
  return deleted;
}
