import type { Context } from "hono";
import { html } from "hono/html";
import { forgetCredentials, lockConnectable } from "../../db/users/connect-user.ts";
import { enqueueUsersChanged } from "../../db/mail/outbox.ts";
import { spendLink } from "../../db/users/spent-links.ts";
import type { AppEnv } from "../app-env.ts";
import { announce } from "../users/announce.ts";
import { succeeded } from "./finish.ts";
import type { OpenLink } from "./open-link.ts";
import { isolate, linkLine, listTargets, pageResponse } from "./page/layout.ts";
import { readerOf } from "./page/reader.ts";
import { Refusal } from "./refusals.ts";
import { fill, fillHtml } from "./words/fill.ts";

/**
 * Shows a page that asks for confirmation, because mail scanners open every link and must not
 * disconnect an account. If no account is connected, the page says so and has no button.
 */
export function askToDisconnect(c: Context<AppEnv>, opened: OpenLink) {
  const { partner, user, provider, callbacks } = opened;
  if (user.credentialsAt === null) return nothingConnected(c, opened);
  const { disconnect: words } = readerOf(c).words;
  const account =
    user.email ?? user.loginUsername ?? fill(words.account, { provider: provider.title });
  return pageResponse(c, {
    status: 200,
    title: fill(words.title, { account }),
    formTargets: listTargets(callbacks.success),
    body: html`<p>${fillHtml(words.text, { partner: isolate(partner.name) })}</p>
      <form method="post"><button type="submit">${words.submit}</button></form>
      ${callbacks.failure !== null && linkLine(callbacks.failure, words.keep)}`,
  });
}

function nothingConnected(c: Context<AppEnv>, { partner, provider, callbacks }: OpenLink) {
  const { disconnect: words, actions } = readerOf(c).words;
  const names = { partner: isolate(partner.name), provider: isolate(provider.title) };
  return pageResponse(c, {
    status: 200,
    title: words.nothing,
    body: html`<p>${fillHtml(words.nothingText, names)}</p>
      ${callbacks.success !== null && linkLine(callbacks.success, actions.back, partner.name)}`,
  });
}

/**
 * Marks the link as spent and deletes the credentials. If an account was connected, also pokes the
 * fleet to read the change now, and enqueues the event `user_disconnected` if the partner wants
 * such events. All of this happens in one transaction.
 */
export async function disconnect(c: Context<AppEnv>, opened: OpenLink): Promise<Response> {
  const { link, partner, provider } = opened;
  const { userId, linkId, expiresAtMs } = link;
  const scope = { partnerId: partner.id, connection: { providerCode: provider.code } };
  await c.var.db.transaction(async (tx) => {
    const user = await lockConnectable(tx, userId);
    if (!user) throw new Refusal("gone");
    const expiresAt = new Date(expiresAtMs);
    if (!(await spendLink(tx, { id: linkId, userId, expiresAt }))) throw new Refusal("spent");
    await forgetCredentials(tx, user);
    if (user.credentialsAt === null) return;
    await announce(tx, scope, user, "user_disconnected");
    await enqueueUsersChanged(tx, scope.partnerId, [userId]);
  });
  c.var.log.info("user.disconnected", { user_id: userId });
  return succeeded(c, opened.callbacks, "disconnected");
}
