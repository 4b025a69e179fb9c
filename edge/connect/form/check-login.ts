import type { Context } from "hono";
import { countLinkTry } from "../../../db/users/spent-links.ts";
import type { AppEnv } from "../../app-env.ts";
import { toAttemptExpiryMs } from "../attempt.ts";
import type { OpenLink } from "../open-link.ts";
import { toOwnPath } from "../page/failure-page.ts";
import { readerOf } from "../page/reader.ts";
import { Refusal } from "../refusals.ts";
import { startTry } from "../trying/start-try.ts";
import { listOtherProviders } from "../other-providers.ts";
import { detectProvider } from "./detect-provider.ts";
import { parseTypedFields, readForm, readNoticed } from "./form-fields.ts";
import { findKnownProvider } from "./known-providers.ts";
import { loginForm } from "./login-form.ts";

/** How many logins a person may try with one link. This limits password guessing. */
const MAX_TRIES = 10;

/** Has the fleet try the login. If the mail server accepts the login, connects the user. */
export async function checkLogin(c: Context<AppEnv>, opened: OpenLink): Promise<Response> {
  const { link, provider } = opened;
  const body = await c.var.body();
  const read = readForm(body, provider.ownHost);
  if ("faults" in read) {
    const texts = readerOf(c).words.faults;
    const faults = Object.entries(read.faults).map(([name, fault]) => [name, texts[fault]]);
    const typed = parseTypedFields(body);
    return loginForm(c, opened, { status: 422, faults: Object.fromEntries(faults), typed });
  }
  const asking = await askFirst(c, opened, body);
  if (asking) return asking;

  const tries = await countLinkTry(c.var.db, link.linkId, new Date(link.expiresAtMs));
  if (tries > MAX_TRIES) throw new Refusal("too_many_tries");
  const { login, password, server } = read.given;
  const row = `users/${link.userId}/login_password` as const;
  return startTry(
    c,
    { linked: opened, callbacks: opened.callbacks, link: toOwnPath(c) },
    {
      command: {
        kind: "check_login",
        user_id: link.userId,
        login_username: login,
        login_password: password,
        imap_host: server?.host ?? null,
        imap_port: server?.port ?? null,
        imap_security: server?.security ?? null,
      },
      login: {
        kind: "plain",
        user_id: link.userId,
        link_id: link.linkId,
        is_choice: link.isChoice ?? false,
        spent_until_ms: toAttemptExpiryMs(link.expiresAtMs),
        login,
        sealed_password: await c.env.mailboxSealer.seal(row, password),
        server,
      },
    },
  );
}

/**
 * Shows the form again if the person should first know something about the provider of their address.
 * Undefined if there is nothing to say, or if the form has said it already.
 */
async function askFirst(
  c: Context<AppEnv>,
  opened: OpenLink,
  body: unknown,
): Promise<Response | undefined> {
  const typed = parseTypedFields(body);
  const known = findKnownProvider(typed.login);
  if (!known || readNoticed(body) === known.imapHost) return undefined;
  const others = await listOtherProviders(c, opened);
  const detected = detectProvider(typed.login, { hasOwnHost: opened.provider.ownHost, others });
  if (!detected?.isUrgent) return undefined;
  return loginForm(c, opened, { status: 422, typed, others, isAsking: true });
}
