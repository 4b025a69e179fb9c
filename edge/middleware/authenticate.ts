import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { uniqueSymbol } from "hono-openapi";
import { findApiKey, type FoundApiKey, touchApiKey } from "../../db/partners/api-keys.ts";
import { hashApiKey, mayBeApiKey } from "../../shared/secrets/api-key.ts";
import { AppError } from "../../shared/errors.ts";
import type { AppEnv } from "../app-env.ts";
import { takeAnonymous } from "../limits/take-anonymous.ts";
import { problemAnswers } from "../openapi/answers.ts";
import { isFields } from "./body.ts";

const findPartner = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === "OPTIONS") return next();
  const key = c.req.header("x-api-key") || c.req.query("api_key") || keyIn(await c.var.body());
  if (!key || !(await mayBeApiKey(key))) throw unauthorized();
  const found = await lookUp(c, await hashApiKey(key));
  if (!found) throw unauthorized();
  if (found.stale) await touchApiKey(c.var.db, found.id);
  c.set("partnerId", found.partnerId);
  return next();
});

/**
 * Looks up a key in the database. The lookup counts as an anonymous request, unless the key was
 * valid recently. If the key exists, the lookup is subtracted from the count again.
 */
async function lookUp(c: Context<AppEnv>, hash: string): Promise<FoundApiKey | undefined> {
  const { knownCallers } = c.env.guards;
  const known = knownCallers.findOwner(hash, Date.now());
  const giveBack = known === undefined ? takeAnonymous(c, "keys") : undefined;
  if (known !== undefined) c.set("caller", { places: "known", owner: known });
  try {
    const found = await findApiKey(c.var.db, hash);
    if (found) knownCallers.remember(hash, found.partnerId, Date.now());
    else knownCallers.forget(hash);
    if (found) giveBack?.();
    return found;
  } catch (error) {
    // The lookup failed, so nobody knows whether the key exists. The request is not counted.
    giveBack?.();
    throw error;
  }
}

const unauthorized = () =>
  new AppError(
    "unauthorized",
    "Send the API key in the header x-api-key or in the parameter api_key",
  );

/**
 * Finds the partner by its API key: in the header `x-api-key`, or in the parameter `api_key` of the
 * query or the body. A missing, a wrong and a revoked key get the same answer.
 */
export const authenticate = Object.assign(findPartner, {
  [uniqueSymbol]: { spec: { responses: problemAnswers("unauthorized", "unavailable") } },
});

function keyIn(body: unknown): string | undefined {
  const key = isFields(body) ? body["api_key"] : undefined;
  return typeof key === "string" ? key : undefined;
}
