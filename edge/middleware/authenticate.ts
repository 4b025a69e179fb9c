import { createMiddleware } from "hono/factory";
import { uniqueSymbol } from "hono-openapi";
import { hashApiKey, mayBeApiKey } from "../../shared/secrets/api-key.ts";
import type { AppEnv } from "../app-env.ts";
import { problemAnswers } from "../openapi/answers.ts";
import { isFields, MAX_REQUEST_BYTES } from "./body.ts";
import { checkKeyFirst, createEnter, enterAnyway, unauthorized } from "./enter.ts";

const findKey = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === "OPTIONS") return next();
  const key = c.req.header("x-api-key") || c.req.query("api_key") || keyIn(await c.var.body());
  if (!key || !mayBeApiKey(key)) throw unauthorized();
  const hash = await hashApiKey(key);
  if (!isSmall(c.req.raw)) await checkKeyFirst(c, hash);
  c.set("enter", createEnter(c, hash));
  await next();
  await enterAnyway(c);
});

/**
 * Finds the API key: in the header `x-api-key`, or in the parameter `api_key` of the query or the
 * body. The route calls `c.var.enter()`, which finds the partner. A missing, a wrong and a revoked
 * key get the same answer, before any other error of the request.
 */
export const authenticate = Object.assign(findKey, {
  [uniqueSymbol]: {
    spec: { responses: problemAnswers("unauthorized", "unavailable", "too-many-requests") },
  },
});

/** Answers requests of which no route has found the partner, such as those for an unknown path. */
export const entered = createMiddleware<AppEnv>(async (c, next) => {
  await next();
  if (c.req.method !== "OPTIONS") await enterAnyway(c);
});

const isSmall = ({ body, headers }: Request) =>
  body === null || Number(headers.get("content-length") ?? Infinity) <= MAX_REQUEST_BYTES;

function keyIn(body: unknown): string | undefined {
  const key = isFields(body) ? body["api_key"] : undefined;
  return typeof key === "string" ? key : undefined;
}
