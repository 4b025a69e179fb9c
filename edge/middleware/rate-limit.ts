import type { Context } from "hono";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";

/** Counts a request of a partner. Returns false above the rate limit in wrangler.toml. */
export async function isWithinRate(c: Context<AppEnv>, partnerId: string): Promise<boolean> {
  const { rateLimiter } = c.env;
  return !rateLimiter || (await rateLimiter.limit({ key: partnerId })).success;
}

export const tooManyRequests = () =>
  new AppError(
    "too-many-requests",
    "Cannot serve the request: the partner sends too many requests",
  );
