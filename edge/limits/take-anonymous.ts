import type { Context } from "hono";
import { AppError } from "../../shared/errors.ts";
import { isLoopback } from "../../shared/network/own-machine.ts";
import type { AppEnv } from "../app-env.ts";
import { toAddressBlock } from "./address-block.ts";
import type { AnonymousKind } from "./guards.ts";

/** Returns the key under which the caller's requests are counted. */
export const identifySender = (c: Context<AppEnv>): string => toAddressBlock(c.env.clientAddress);

/** Subtracts the request from the count. Call it when the credentials turned out to be valid. */
export type GiveBack = () => void;

/**
 * Counts a request without known credentials. Call it before any other work for the request. In
 * development, requests from the same machine are not counted.
 *
 * @throws {AppError} `too-many-requests` when the limit is reached.
 */
export function takeAnonymous(c: Context<AppEnv>, kind: AnonymousKind): GiveBack {
  if (c.env.isDevelopment && isLoopback(c.env.clientAddress)) return () => undefined;
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
