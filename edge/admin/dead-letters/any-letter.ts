import type { Context } from "hono";
import {
  EVERYBODY,
  findDeadLetter,
  type ShownLetter,
} from "../../../db/deliveries/dead-letter-list.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { showLetter } from "../../letters/letter-schemas.ts";
import { isStorable } from "../../text.ts";

/**
 * Finds a dead letter of any partner.
 * @throws {AppError} when there is no such letter.
 */
export async function mustFindAnyLetter(c: Context<AppEnv>, id: string): Promise<ShownLetter> {
  const letter = isStorable(id) ? await findDeadLetter(c.var.db, EVERYBODY, id) : undefined;
  if (!letter) throw letterNotFound();
  return letter;
}

export const letterNotFound = () => new AppError("not-found", "Cannot find the dead letter");

/** Returns a letter as the partner sees it, plus its user and partner. */
export const showAnyLetter = (letter: ShownLetter) => ({
  ...showLetter(letter),
  user_id: letter.userId,
  partner_id: letter.partnerId,
  partner_name: letter.partnerName,
});
