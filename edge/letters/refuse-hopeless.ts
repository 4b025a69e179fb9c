import type { ShownLetter } from "../../db/deliveries/dead-letter-list.ts";
import { AppError } from "../../shared/errors.ts";

/**
 * Refuses a redelivery that cannot succeed.
 * @throws {AppError} when the redelivery is impossible, or has already succeeded.
 */
export function refuseHopeless(letter: ShownLetter): void {
  if (letter.unreadable) {
    throw new AppError("conflict", "Cannot deliver the event again: it cannot be read");
  }
  if (letter.state === "redelivered") {
    throw new AppError("conflict", "Cannot deliver the event again: it was redelivered already");
  }
}
