import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";

/**
 * Matches a request id that we accept from a caller: short, and without characters that could break
 * a log line.
 */
const WELL_FORMED = /^[\w.:-]{1,64}$/;

/**
 * Gives each request an id: the caller's `x-request-id` if it is acceptable, otherwise a new one.
 * Every answer has it in the same header.
 */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const given = c.req.header("x-request-id") ?? "";
  const id = WELL_FORMED.test(given) ? given : crypto.randomUUID();
  c.set("requestId", id);
  await next();
  c.header("x-request-id", id);
});
