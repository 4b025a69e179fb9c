import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";
import type { KeyOwner } from "../../partners/key-writes.ts";
import { currentActor } from "../access/actor.ts";
import { mustFindLiving } from "./must-find-partner.ts";

/** Returns a partner whose keys the admin may change. */
export async function livingOwner(c: Context<AppEnv>, id: string): Promise<KeyOwner> {
  const { partner } = await mustFindLiving(c.var.db, id);
  return { partnerId: partner.id, actor: currentActor(c) };
}
