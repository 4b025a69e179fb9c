import type { Context } from "hono";
import { findDeadLetter, type ShownLetter } from "../../../db/deliveries/dead-letter-list.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";
import { isStorable } from "../../text.ts";

/**
 * Finds a dead letter of the partner.
 * @throws {AppError} when the partner has no such letter.
 */
export async function mustFindLetter(c: Context<AppEnv>, id: string): Promise<ShownLetter> {
  const letter = isStorable(id) ? await findDeadLetter(c.var.db, c.var.partnerId, id) : undefined;
  if (!letter) throw new AppError("not-found", "Cannot find the dead letter");
  return letter;
}
