import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";
import type { KeyOwner } from "../../partners/key-writes.ts";

/** Returns the calling partner, as the owner of the keys and as the actor for the audit log. */
export const toKeyOwner = ({ var: { partnerId } }: Context<AppEnv>): KeyOwner => ({
  partnerId,
  actor: `partner:${partnerId}`,
});
