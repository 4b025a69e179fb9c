import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";
import { OAUTH1_ATTEMPT, oauth1Attempt, openAttempt } from "../attempt.ts";
import { readCookie } from "../browser-cookie.ts";
import { ConnectFailure } from "../failures.ts";
import { connectUser, refuseOtherAccount, tellConnected, tellingFailures } from "../finish.ts";
import { mustFindLinked } from "../open-link.ts";
import { Refusal } from "../refusals.ts";
import { tryToken } from "../try-token.ts";
import { ATTEMPT_COOKIE } from "./begin.ts";
import { askToken, openConsumer } from "./client.ts";

/** Handles the request of a browser that the provider sent back to us (RFC 5849, 2.2). */
export async function finishOAuth1(c: Context<AppEnv>): Promise<Response> {
  const sealed = readCookie(c, ATTEMPT_COOKIE);
  if (sealed === undefined) throw new Refusal("browser");
  const attempt = await openAttempt(c.env.partnerVault, {
    row: OAUTH1_ATTEMPT,
    schema: oauth1Attempt,
    sealed,
  });
  const { oauth_token: requestToken, oauth_verifier: verifier } = c.req.query();
  const denied = requestToken === undefined ? c.req.query("denied") : undefined;
  if ((requestToken ?? denied) !== attempt.token) throw new Refusal("browser");
  const { user_id: userId, link_id: linkId } = attempt;
  const linked = await mustFindLinked(c, { purpose: "connect", userId, linkId });
  const { consumer, accessTokenUrl } = await openConsumer(c.env.partnerVault, linked);
  return tellingFailures(c, attempt, async () => {
    if (verifier === undefined) throw new ConnectFailure("access_denied", "There is no verifier");
    const answer = await askToken({
      url: accessTokenUrl,
      parameters: { oauth_verifier: verifier },
      consumer,
      token: { key: attempt.token, secret: attempt.token_secret },
    });
    const email = answer.email ?? linked.user.email;
    if (email === null)
      throw new ConnectFailure("email_missing", "The provider did not name an e-mail address");
    const { user } = linked;
    refuseOtherAccount(user.email, email);
    const token = {
      kind: "oauth1",
      consumer_key: consumer.key,
      consumer_secret: consumer.secret,
      token: answer.oauth_token,
      token_secret: answer.oauth_token_secret,
    } as const;
    const usernames = [user.loginUsername ?? user.email ?? email];
    const tried = await tryToken(c, userId, { usernames, token });
    const isTried = tried.result === "accepted";
    const pair = JSON.stringify({ token: answer.oauth_token, secret: answer.oauth_token_secret });
    const row = `users/${userId}/oauth1_token` as const;
    const sealedOauth1Token = await c.env.mailboxSealer.seal(row, pair);
    const spent = { id: linkId, userId, expiresAt: new Date(attempt.expires_at_ms) };
    await connectUser(c, linked, spent, { kind: "oauth1", email, sealedOauth1Token, isTried });
    return tellConnected(c, attempt, isTried);
  });
}
