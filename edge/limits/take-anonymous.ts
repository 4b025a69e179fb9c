import type { Context } from "hono";
import { AppError } from "../../shared/errors.ts";
import { isLoopback } from "../../shared/network/own-machine.ts";
import type { AppEnv } from "../app-env.ts";
import { toAddressBlock } from "./address-block.ts";
import type { AnonymousKind } from "./guards.ts";

/** Returns the caller's address. Cloudflare sets it; the caller cannot forge it. */
const readClientIp = (c: Context<AppEnv>) => c.req.header("cf-connecting-ip") ?? "";

/** Returns the sender as which a request is counted. */
export const identifySender = (c: Context<AppEnv>): string => toAddressBlock(readClientIp(c));

/** Called when the caller turns out to be known: takes the count back. */
export type GiveBack = () => void;

/**
 * Counts an anonymous request before it costs anything. Requests of a development stack, which
 * come from its own machine, are not counted.
 *
 * @throws {AppError} `too-many-requests`.
 */
export function takeAnonymous(c: Context<AppEnv>, kind: AnonymousKind): GiveBack {
  if (c.env.isDevelopment && isLoopback(readClientIp(c))) return () => undefined;
  const limit = c.env.guards.limits[kind];
  const sender = identifySender(c);
  const taken = limit.take(sender, Date.now());
  if (taken.kind === "taken") return () => limit.giveBack(sender);
  throw new AppError(
    "too-many-requests",
    "Cannot serve the request: there are too many requests without valid credentials",
    { retryAfterS: taken.retryAfterS },
  );
}
