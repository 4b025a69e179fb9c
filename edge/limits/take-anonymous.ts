import type { Context } from "hono";
import { AppError } from "../../shared/errors.ts";
import { isLoopback } from "../../shared/network/own-machine.ts";
import type { AppEnv } from "../app-env.ts";
import { blockOf } from "./address-block.ts";
import type { AnonymousKind } from "./guards.ts";

/** Written by Cloudflare, whatever the caller sends. */
const addressOf = (c: Context<AppEnv>) => c.req.header("cf-connecting-ip") ?? "";

/** Who sends, as far as that is known of strangers. */
export const senderOf = (c: Context<AppEnv>): string => blockOf(addressOf(c));

/** Gives back what was taken: it was no stranger. */
export type GiveBack = () => void;

/**
 * Counts a request of a stranger before it costs anything. A development stack has the one address of its machine, and is
 * not counted.
 *
 * @throws {AppError} `too-many-requests`.
 */
export function takeAnonymous(c: Context<AppEnv>, kind: AnonymousKind): GiveBack {
  if (c.env.isDevelopment && isLoopback(addressOf(c))) return () => undefined;
  const limit = c.env.guards.limits[kind];
  const sender = senderOf(c);
  const taken = limit.take(sender, Date.now());
  if (taken.kind === "taken") return () => limit.giveBack(sender);
  throw new AppError(
    "too-many-requests",
    "Cannot serve the request: too many come that nobody vouches for",
    { retryAfterS: taken.retryAfterS },
  );
}
