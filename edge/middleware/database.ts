import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { openDatabase } from "../../db/client.ts";
import type { AppEnv } from "../app-env.ts";
import { senderOf } from "../limits/take-anonymous.ts";

/** People and partners wait for the answer: they get a 503 while they still do. */
const TIMEOUT_MS = 15_000;

/**
 * A database for the length of one request; it connects at the first query, when one of the process's connections is free.
 * What a caller is known as by then decides whose places it has.
 */
export const database = createMiddleware<AppEnv>(async (c, next) => {
  const ended = Promise.withResolvers<void>();
  // Where the caller hangs up, the rest is not cut off: the place would not be given back.
  c.executionCtx.waitUntil(ended.promise);
  const admission = admissionOf(c);
  try {
    await using opened = openDatabase({
      url: c.env.databaseUrl,
      proxy: c.env.databaseProxy,
      maxConnections: 1,
      timeoutMs: TIMEOUT_MS,
      admit: () => admission.enter(),
    });
    c.set("db", opened.db);
    await next();
  } finally {
    admission.leave();
    ended.resolve();
  }
});

/** One place for the request, taken once. */
function admissionOf(c: Context<AppEnv>) {
  const { places } = c.env.guards;
  let taken: Promise<Disposable> | undefined;
  let place: Disposable | undefined;
  let hasLeft = false;
  const take = async () => {
    const caller = c.get("caller") ?? { places: "anonymous", owner: senderOf(c) };
    place = await places[caller.places].take(caller.owner);
    if (hasLeft) place[Symbol.dispose]();
    return place;
  };
  return {
    async enter(): Promise<void> {
      taken ??= take();
      try {
        await taken;
      } catch (error) {
        taken = undefined;
        throw error;
      }
    },
    leave(): void {
      hasLeft = true;
      place?.[Symbol.dispose]();
    },
  };
}
