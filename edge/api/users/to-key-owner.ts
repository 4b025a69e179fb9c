import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";
import type { KeyOwner } from "../../partners/key-writes.ts";

/** Partners change their own keys. */
export const toKeyOwner = ({ var: { partnerId } }: Context<AppEnv>): KeyOwner => ({
  partnerId,
  actor: `partner:${partnerId}`,
});
