import { createMiddleware } from "hono/factory";
import { uniqueSymbol } from "hono-openapi";
import { findApiKey, touchApiKey } from "../../db/api-keys.ts";
import { hashApiKey } from "../../shared/api-key.ts";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { problemAnswers } from "../openapi/answers.ts";
import { isFields } from "./body.ts";

const findPartner = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === "OPTIONS") return next();
  const key = c.req.header("x-api-key") || c.req.query("api_key") || keyIn(await c.var.body());
  const found = key ? await findApiKey(c.var.db, await hashApiKey(key)) : undefined;
  if (!found) {
    throw new AppError(
      "unauthorized",
      "Send the API key in the header x-api-key or in the parameter api_key",
    );
  }
  if (found.stale) await touchApiKey(c.var.db, found.id);
  c.set("partnerId", found.partnerId);
  return next();
});

/**
 * Finds the partner by the header `x-api-key` or the parameter `api_key`, in the query or the body.
 * A missing, wrong or revoked key gets the same answer.
 */
export const authenticate = Object.assign(findPartner, {
  [uniqueSymbol]: { spec: { responses: problemAnswers("unauthorized", "unavailable") } },
});

function keyIn(body: unknown): string | undefined {
  const key = isFields(body) ? body["api_key"] : undefined;
  return typeof key === "string" ? key : undefined;
}
