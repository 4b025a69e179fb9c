import type { Context } from "hono";
import type { ListedPartner } from "../../../db/partners/partner-list.ts";
import type { AppEnv } from "../../app-env.ts";
import type { KeyOwner } from "../../partners/key-writes.ts";
import { currentActor } from "../access/actor.ts";
import { existingPartner, refuseRemoved } from "./must-find-partner.ts";

/**
 * Returns the partner that owns the keys, and the signed-in admin as the actor for the audit log.
 * @throws {AppError} when there is no such partner, or the partner is being removed.
 */
export function toLivingOwner(c: Context<AppEnv>, found: ListedPartner | undefined): KeyOwner {
  const { partner } = refuseRemoved(existingPartner(found));
  return { partnerId: partner.id, actor: currentActor(c) };
}
