import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";
import { newAttempt, OAUTH1_ATTEMPT, type OAuth1Attempt } from "../attempt.ts";
import { writeCookie } from "../browser-cookie.ts";
import { ConnectFailure } from "../failures.ts";
import { tellingFailures } from "../finish.ts";
import type { OpenLink } from "../open-link.ts";
import { askToken, openConsumer, toCallbackUrl } from "./client.ts";

export const ATTEMPT_COOKIE = "superimap-oauth1";

/** Gets a request token and redirects the browser to the provider (RFC 5849, 2.1 and 2.2). */
export async function beginOAuth1(c: Context<AppEnv>, opened: OpenLink): Promise<Response> {
  const { consumer, requestTokenUrl, authorizeUrl } = await openConsumer(
    c.env.partnerVault,
    opened,
  );
  const scope = opened.provider.oauthScopes;
  return tellingFailures(c, opened.callbacks, async () => {
    const answer = await askToken({
      url: requestTokenUrl,
      parameters: {
        oauth_callback: toCallbackUrl(c.env.publicUrl),
        // `scope` is not in the standard, but Google required it.
        ...(scope !== null && { scope }),
      },
      consumer,
    });
    // A provider that does not send this field uses OAuth 1.0, which is open to session fixation.
    if (answer.oauth_callback_confirmed !== "true") {
      throw new ConnectFailure("provider_error", "The provider did not confirm the callback");
    }
    const attempt: OAuth1Attempt = {
      ...newAttempt(c, opened),
      token: answer.oauth_token,
      token_secret: answer.oauth_token_secret,
    };
    const sealed = await c.env.partnerVault.seal(OAUTH1_ATTEMPT, JSON.stringify(attempt));
    writeCookie(c, ATTEMPT_COOKIE, sealed);
    const url = new URL(authorizeUrl);
    url.searchParams.set("oauth_token", answer.oauth_token);
    return c.redirect(url.href, 303);
  });
}
