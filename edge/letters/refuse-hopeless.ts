import type { ShownLetter } from "../../db/deliveries/dead-letter-list.ts";
import { AppError } from "../../shared/errors.ts";

/**
 * Refuses a redelivery that makes no sense.
 * @throws {AppError} when the letter cannot be read, or was already redelivered.
 */
export function refuseHopeless(letter: ShownLetter): void {
  if (letter.unreadable) {
    throw new AppError("conflict", "Cannot deliver the event again: it cannot be read");
  }
  if (letter.state === "redelivered") {
    throw new AppError("conflict", "Cannot deliver the event again: it was redelivered already");
  }
}
