import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";
import type { KeyOwner } from "../../partners/key-writes.ts";
import { currentActor } from "../access/actor.ts";
import { mustFindLiving } from "./must-find-partner.ts";

/**
 * Returns the partner that owns the keys, and the signed-in admin as the actor for the audit log.
 * @throws {AppError} when there is no such partner, or the partner is being removed.
 */
export async function livingOwner(c: Context<AppEnv>, id: string): Promise<KeyOwner> {
  const { partner } = await mustFindLiving(c.var.db, id);
  return { partnerId: partner.id, actor: currentActor(c) };
}
