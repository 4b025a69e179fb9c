import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";
import { OAUTH1_ATTEMPT, oauth1Attempt, openAttempt, resumeAttempt, toLink } from "../attempt.ts";
import { readCookie } from "../browser-cookie.ts";
import { ConnectFailure } from "../failures.ts";
import { refuseOtherAccount, tellingFailures } from "../finish.ts";
import { Refusal } from "../refusals.ts";
import { startTry } from "../trying/start-try.ts";
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
  const { user_id: userId, link_id: linkId } = attempt;
  const linked = await resumeAttempt(c, attempt, (requestToken ?? denied) === attempt.token);
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
    const pair = JSON.stringify({ token: answer.oauth_token, secret: answer.oauth_token_secret });
    const row = `users/${userId}/oauth1_token` as const;
    return startTry(
      c,
      { linked, callbacks: attempt, link: await toLink(c, attempt) },
      {
        command: { kind: "check_token_login", user_id: userId, usernames, token },
        login: {
          kind: "oauth1",
          user_id: userId,
          link_id: linkId,
          is_choice: attempt.is_choice,
          spent_until_ms: attempt.expires_at_ms,
          email,
          sealed_oauth1_token: await c.env.mailboxSealer.seal(row, pair),
        },
      },
    );
  });
}
