import { createMiddleware } from "hono/factory";
import { ping } from "../../../db/ping.ts";
import { AppError } from "../../../shared/errors.ts";
import type { AppEnv } from "../../app-env.ts";

/** A request without an answer after this time makes us ask Postgres whether it answers at all. */
const DOUBT_MS = 3_000;
/** How long Postgres may take to answer this question. */
const PING_MS = 2_000;

/**
 * Answers 503 within five seconds when Postgres does not answer, so that the pages can say so. A
 * request that waits for something else, such as the fleet, goes on.
 */
export const databaseDeadline = createMiddleware<AppEnv>(async (c, next) => {
  const answered = next().then(() => "answered" as const);
  answered.catch(() => undefined);
  if ((await firstOf(answered, DOUBT_MS)) === "answered") return;
  const pinged = ping(c.var.db).then(() => "pinged" as const);
  pinged.catch(() => undefined);
  const heard = await firstOf(Promise.race([answered, pinged]), PING_MS);
  if (heard === undefined) {
    throw new AppError("database-unreachable", "Postgres does not answer", { retryAfterS: 5 });
  }
  await answered;
});

/** Returns what the promise resolves to, or undefined after `timeoutMs`. */
async function firstOf<T>(promise: Promise<T>, timeoutMs: number): Promise<T | undefined> {
  const late = Promise.withResolvers<undefined>();
  const timer = setTimeout(() => late.resolve(undefined), timeoutMs);
  try {
    return await Promise.race([promise, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
