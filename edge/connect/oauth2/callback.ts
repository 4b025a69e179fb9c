import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";
import { OAUTH2_ATTEMPT, oauth2Attempt, openAttempt } from "../attempt.ts";
import { readBrowserMark } from "../browser-cookie.ts";
import { connectUser, refuseOtherAccount, tellConnected, tellingFailures } from "../finish.ts";
import { mustFindLinked } from "../open-link.ts";
import { Refusal } from "../refusals.ts";
import { tryToken } from "../try-token.ts";
import { exchangeCode } from "./exchange-code.ts";
import { loginNames } from "./login-names.ts";

/** Handles the request of a browser that a provider sent back to us (RFC 6749, 4.1.2). */
export async function finishOAuth2(c: Context<AppEnv>): Promise<Response> {
  const attempt = await openAttempt(c.env.partnerVault, {
    row: OAUTH2_ATTEMPT,
    schema: oauth2Attempt,
    sealed: c.req.query("state") ?? "",
  });
  if (readBrowserMark(c) !== attempt.browser) throw new Refusal("browser");
  const { user_id: userId, link_id: linkId } = attempt;
  const linked = await mustFindLinked(c, { purpose: "connect", userId, linkId });
  return tellingFailures(c, attempt, async () => {
    const { email, otherNames, accessToken, refreshToken } = await exchangeCode(c, linked, attempt);
    const { user } = linked;
    refuseOtherAccount(user.email, email);
    // The address is one of the login names to try. If the user already has an address, that
    // address is tried, not `email`. The two may differ, but only in upper and lower case.
    const address = user.email ?? email;
    const usernames = loginNames(user.loginUsername, address, otherNames);
    const token = { kind: "oauth2", access_token: accessToken } as const;
    const tried = await tryToken(c, userId, { usernames, token });
    const row = `users/${userId}/refresh_token` as const;
    const sealedRefreshToken = await c.env.mailboxSealer.seal(row, refreshToken);
    const spent = { id: linkId, userId, expiresAt: new Date(attempt.expires_at_ms) };
    const isTried = tried.result === "accepted";
    const isOther = isTried && ![user.loginUsername, address].includes(tried.username);
    const tokenUsername = isOther ? tried.username : null;
    const tokenUsernames = isTried ? null : usernames.slice(1);
    const given = { email, sealedRefreshToken, tokenUsername, tokenUsernames, isTried };
    await connectUser(c, linked, spent, { kind: "oauth2", ...given });
    return tellConnected(c, attempt, isTried);
  });
}
