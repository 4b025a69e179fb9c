import { createMiddleware } from "hono/factory";
import type { AppEnv } from "../../app-env.ts";
import { identifySender, takeAnonymous } from "../../limits/take-anonymous.ts";
import { readCredential } from "./credential.ts";

const SIGN_IN = "/admin/api/session";

/**
 * Limits how many requests without a valid session or API token one sender may send, and how many all senders
 * together may send.
 *
 * A sign-in is counted before its password is hashed, because hashing is slow. Even a successful
 * sign-in stays counted. Any other request is counted at first, unless its session or
 * API token was valid recently. If its answer is not a 401, it is subtracted from the count again,
 * unless it belongs to a sign-in with a passkey.
 */
export const admitCaller = createMiddleware<AppEnv>(async (c, next) => {
  if (c.req.method === "POST" && c.req.path === SIGN_IN) {
    takeAnonymous(c, "sign-ins");
    c.set("caller", { places: "sign-ins", owner: identifySender(c) });
    return next();
  }
  const { knownCallers } = c.env.guards;
  const tokenHash = (await readCredential(c))?.hash;
  const known = tokenHash === undefined ? undefined : knownCallers.findOwner(tokenHash, Date.now());
  if (known !== undefined) c.set("caller", { places: "known", owner: known });
  const giveBack = known === undefined ? takeAnonymous(c, "sessions") : undefined;
  await next();
  const isRefused = c.res.status === 401;
  const isPasskeySignIn = c.req.path.startsWith(`${SIGN_IN}/`);
  if (!isRefused && !isPasskeySignIn) giveBack?.();
  if (tokenHash === undefined) return;
  const signedIn = c.get("signedIn");
  if (signedIn) knownCallers.remember(tokenHash, signedIn.adminId, Date.now());
  else if (isRefused) knownCallers.forget(tokenHash);
});
