import type { Context } from "hono";
import { findDeadLetter, type ShownLetter } from "../../../db/deliveries/dead-letter-list.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { toSearched } from "../../text.ts";

/**
 * Enters, and finds a dead letter of the partner.
 * @throws {AppError} when the partner has no such letter.
 */
export async function mustFindLetter(c: Context<AppEnv>, id: string): Promise<ShownLetter> {
  const [letter] = await c.var.enter((db, partner) => [
    findDeadLetter(db, partner, toSearched(id)),
  ]);
  return existingLetter(letter);
}

/** @throws {AppError} when the partner has no such letter. */
export function existingLetter(letter: ShownLetter | undefined): ShownLetter {
  if (!letter) throw new AppError("not-found", "Cannot find the dead letter");
  return letter;
}
