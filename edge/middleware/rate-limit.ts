import { createMiddleware } from "hono/factory";
import { uniqueSymbol } from "hono-openapi";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { problemAnswers } from "../openapi/answers.ts";

const countRequest = createMiddleware<AppEnv>(async (c, next) => {
  const { rateLimiter } = c.env;
  if (!rateLimiter || c.req.method === "OPTIONS") return next();
  const { success } = await rateLimiter.limit({ key: c.var.partnerId });
  if (!success) {
    throw new AppError(
      "too-many-requests",
      "Cannot serve the request: the partner sends too many requests",
    );
  }
  return next();
});

/** Refuses requests of a partner that exceeds the rate limit in wrangler.toml. */
export const rateLimit = Object.assign(countRequest, {
  [uniqueSymbol]: { spec: { responses: problemAnswers("too-many-requests") } },
});
