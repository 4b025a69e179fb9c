import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";
import { OAUTH2_ATTEMPT, oauth2Attempt, openAttempt, resumeAttempt, toLink } from "../attempt.ts";
import { readBrowserMark } from "../browser-cookie.ts";
import { refuseOtherAccount, tellingFailures } from "../finish.ts";
import { startTry } from "../trying/start-try.ts";
import { exchangeCode } from "./exchange-code.ts";
import { loginNames } from "./login-names.ts";

/** Handles the request of a browser that a provider sent back to us (RFC 6749, 4.1.2). */
export async function finishOAuth2(c: Context<AppEnv>): Promise<Response> {
  const attempt = await openAttempt(c.env.partnerVault, {
    row: OAUTH2_ATTEMPT,
    schema: oauth2Attempt,
    sealed: c.req.query("state") ?? "",
  });
  const { user_id: userId, link_id: linkId } = attempt;
  const linked = await resumeAttempt(c, attempt, readBrowserMark(c) === attempt.browser);
  return tellingFailures(c, attempt, async () => {
    const { email, otherNames, accessToken, refreshToken } = await exchangeCode(c, linked, attempt);
    const { user } = linked;
    refuseOtherAccount(user.email, email);
    // The address is one of the login names to try. If the user already has an address, that
    // address is tried, not `email`. The two may differ, but only in upper and lower case.
    const address = user.email ?? email;
    const usernames = loginNames(user.loginUsername, address, otherNames);
    const row = `users/${userId}/refresh_token` as const;
    return startTry(
      c,
      { linked, callbacks: attempt, link: await toLink(c, attempt) },
      {
        command: {
          kind: "check_token_login",
          user_id: userId,
          usernames,
          token: { kind: "oauth2", access_token: accessToken },
        },
        login: {
          kind: "oauth2",
          user_id: userId,
          link_id: linkId,
          is_choice: attempt.is_choice,
          spent_until_ms: attempt.expires_at_ms,
          email,
          sealed_refresh_token: await c.env.mailboxSealer.seal(row, refreshToken),
          usernames,
        },
      },
    );
  });
}
