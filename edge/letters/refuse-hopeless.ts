import type { ShownLetter } from "../../db/deliveries/dead-letter-list.ts";
import { AppError } from "../../shared/errors.ts";

/** @throws {AppError} where a redelivery that is asked for by name could never be, or is none. */
export function refuseHopeless(letter: ShownLetter): void {
  if (letter.unreadable) {
    throw new AppError("conflict", "Cannot deliver the event again: it cannot be read");
  }
  if (letter.state === "redelivered") {
    throw new AppError("conflict", "Cannot deliver the event again: it was delivered at last");
  }
}
