import { createMiddleware } from "hono/factory";
import * as v from "valibot";
import type { AppEnv } from "../app-env.ts";

const problemBody = v.looseObject({ type: v.string() });

/**
 * Completes the body of an error answer: puts the public URL before `type`, and adds the request's
 * id. The code that creates the answer does not know these values.
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
