import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";

/**
 * Matches an accepted request id: no characters that could break a log line, and a limited length.
 */
const WELL_FORMED = /^[\w.:-]{1,64}$/;

/**
 * Gives each request an id: the caller's own `x-request-id` when it is well-formed, else a new one.
 * It is in a header of the answer and in the body of a problem.
 */
export const requestId = createMiddleware<AppEnv>(async (c, next) => {
  const given = c.req.header("x-request-id") ?? "";
  const id = WELL_FORMED.test(given) ? given : crypto.randomUUID();
  c.set("requestId", id);
  await next();
  c.header("x-request-id", id);
  if (c.res.headers.get("content-type") !== "application/problem+json") return;
  const problem: unknown = await c.res.json();
  const named = typeof problem === "object" && problem !== null && { ...problem, request_id: id };
  c.res = new Response(JSON.stringify(named), c.res);
});
