import type { Context } from "hono";
import type { AppEnv } from "../../app-env.ts";
import { OAUTH2_ATTEMPT, oauth2Attempt, openAttempt } from "../attempt.ts";
import { markOf } from "../browser-cookie.ts";
import { connectUser, succeeded, tellingFailures } from "../finish.ts";
import { mustFindLinked } from "../open-link.ts";
import { Refusal } from "../refusals.ts";
import { exchangeCode } from "./exchange-code.ts";

/** Where every provider sends the browser back to (RFC 6749, 4.1.2). */
export async function finishOAuth2(c: Context<AppEnv>): Promise<Response> {
  const attempt = await openAttempt(c.env.partnerVault, {
    row: OAUTH2_ATTEMPT,
    schema: oauth2Attempt,
    sealed: c.req.query("state") ?? "",
  });
  if (markOf(c) !== attempt.browser) throw new Refusal("browser");
  const { user_id: userId, link_id: linkId } = attempt;
  const linked = await mustFindLinked(c, { purpose: "connect", userId, linkId });
  return tellingFailures(c, attempt, async () => {
    const { email, refreshToken } = await exchangeCode(c, linked, attempt);
    const row = `users/${userId}/refresh_token` as const;
    const sealedRefreshToken = await c.env.mailboxSealer.seal(row, refreshToken);
    const spent = { id: linkId, userId, expiresAt: new Date(attempt.expires_at_ms) };
    await connectUser(c, linked, spent, { kind: "oauth2", email, sealedRefreshToken });
    return succeeded(c, attempt, "The account is connected");
  });
}
