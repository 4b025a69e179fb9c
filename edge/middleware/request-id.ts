import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";

/**
 * Matches an accepted request id: no characters that could break a log line, and a limited length.
 */
const WELL_FORMED = /^[\w.:-]{1,64}$/;

/**
 * Gives each request an id: the caller's own `x-request-id` when it is well-formed, else a new one.
 * It is in a header of every answer.
 */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const given = c.req.header("x-request-id") ?? "";
  const id = WELL_FORMED.test(given) ? given : crypto.randomUUID();
  c.set("requestId", id);
  await next();
  c.header("x-request-id", id);
});
