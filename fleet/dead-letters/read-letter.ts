import * as v from "valibot";
import type { Bus } from "../bus/bus.ts";
import { deleteMessage, findMessage } from "../bus/find-message.ts";
import { DEAD } from "../bus/subjects.ts";
import { type DeadLetter, deadLetter, letterId } from "../webhook/delivery/dead-letter.ts";

/** Where the letter of an event should lie. */
export interface LetterPlace {
  eventId: string;
  /** Null when it is known to be gone. */
  streamSeq: number | null;
}

const letterJson = v.pipe(v.string(), v.parseJson(), deadLetter);

/** Reads a letter out of DEAD; null when it is not there any more. Rejects when NATS does not answer. */
export async function readLetter(
  bus: Bus,
  { eventId, streamSeq: seq }: LetterPlace,
): Promise<DeadLetter | null> {
  if (seq === null) return null;
  const stored = await findMessage(bus, DEAD, { seq, id: letterId(eventId) });
  const parsed = v.safeParse(letterJson, stored?.string());
  return parsed.success ? parsed.output : null;
}

/** Deletes the letters of an event that lie at these places, and no other event's. @returns how many there were. */
export async function deleteLetters(
  bus: Bus,
  eventId: string,
  seqs: readonly number[],
): Promise<number> {
  let deleted = 0;
  for (const seq of seqs) {
    if (!(await findMessage(bus, DEAD, { seq, id: letterId(eventId) }))) continue;
    await deleteMessage(bus, DEAD, seq);
    deleted++;
  }
  return deleted;
}
