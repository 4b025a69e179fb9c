import type { Context } from "hono";
import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../app-env.ts";
import { identifySender } from "../limits/take-anonymous.ts";

/**
 * Opens a database client for one request. At the first query, the request takes a place, which is
 * a permit for one connection, and then the client connects. If `caller` is already set, the place
 * comes from the share that `caller` names, otherwise from the share of anonymous callers.
 */
export const database = createMiddleware<AppEnv>(async (c, next) => {
  const ended = Promise.withResolvers<void>();
  // The handler must finish even when the caller disconnects. Otherwise the request would keep its
  // place until the lease of the place ends.
  c.executionCtx.waitUntil(ended.promise);
  const admission = createAdmission(c);
  await using resources = new AsyncDisposableStack();
  resources.defer(() => {
    admission.leave();
    ended.resolve();
  });
  c.set("db", resources.use(c.env.openDatabase({ admit: () => admission.enter() })).db);
  await next();
  const sending = c.get("sending");
  if (sending) {
    const kept = resources.move();
    void sending.then(() => kept.disposeAsync());
  }
});

/**
 * Manages the request's place for a connection. The first `enter()` takes a place, and `leave()`
 * releases it.
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
