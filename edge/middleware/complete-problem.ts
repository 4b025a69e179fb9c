import { createMiddleware } from "hono/factory";
import * as v from "valibot";
import type { AppEnv } from "../app-env.ts";

const problemBody = v.looseObject({ type: v.string() });

/**
 * Adds to the body of a problem what is unknown where the problem is created: the public URL, with
 * which `type` begins, and the request's id.
 */
export const completeProblem = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.res.headers.get("content-type") !== "application/problem+json") return;
  const body = v.parse(problemBody, await c.res.json());
  const completed = {
    ...body,
    type: `${c.env.publicUrl}${body.type}`,
    request_id: c.var.requestId,
  };
  c.res = new Response(JSON.stringify(completed), c.res);
});
