import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import { openNeonDatabase } from "../../db/neon-database.ts";
import type { AppEnv } from "../app-env.ts";
import { identifySender } from "../limits/take-anonymous.ts";

/** How long a query may take: short enough that callers still wait and get a 503. */
const TIMEOUT_MS = 15_000;

/**
 * Opens a database for one request. It connects at the first query, as soon as the process has a
 * free connection. The caller that is known at that time decides whose places are used.
 */
export const database = createMiddleware<AppEnv>(async (c, next) => {
  const ended = Promise.withResolvers<void>();
  // When the caller disconnects, the handler must still finish: otherwise its place is not
  // released.
  c.executionCtx.waitUntil(ended.promise);
  const admission = createAdmission(c);
  try {
    await using opened = openNeonDatabase({
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

/**
 * Returns the request's admission: the first `enter()` takes a place, and `leave()` releases it.
 */
function createAdmission(c: Context<AppEnv>) {
  const { places } = c.env.guards;
  let taken: Promise<Disposable> | undefined;
  let place: Disposable | undefined;
  let hasLeft = false;
  const take = async () => {
    const caller = c.get("caller") ?? { places: "anonymous", owner: identifySender(c) };
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
