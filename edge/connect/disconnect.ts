import type { Context } from "hono";
import { html } from "hono/html";
import { forgetCredentials, lockConnectable } from "../../db/users/connect-user.ts";
import { enqueueUsersChanged } from "../../db/mail/outbox.ts";
import { spendLink } from "../../db/users/spent-links.ts";
import type { AppEnv } from "../app-env.ts";
import { announce } from "../users/announce.ts";
import { succeeded } from "./finish.ts";
import { listTargets, pageResponse } from "./layout.ts";
import type { OpenLink } from "./open-link.ts";
import { Refusal } from "./refusals.ts";

/**
 * Shows a page that asks for confirmation, because mail scanners open every link and must not
 * disconnect an account. If no account is connected, the page says so and has no button.
 */
export function askToDisconnect(opened: OpenLink) {
  const { partner, user, provider, callbacks } = opened;
  if (user.credentialsAt === null) return nothingConnected(opened);
  const account = user.email ?? user.loginUsername ?? `your account (${provider.title})`;
  return pageResponse({
    status: 200,
    title: `Disconnect ${account}`,
    formTargets: listTargets(callbacks.success),
    body: html`<p>
        <bdi>${partner.name}</bdi> will hear of no new mail in this account any more, and what we
        log in with is forgotten. No mail is changed or deleted.
      </p>
      <form method="post"><button type="submit">Disconnect</button></form>
      ${callbacks.failure !== null && html`<p><a href="${callbacks.failure}">Keep it connected</a></p>`}`,
  });
}

const nothingConnected = ({ partner, provider, callbacks }: OpenLink) =>
  pageResponse({
    status: 200,
    title: "Nothing is connected",
    body: html`<p>
        <bdi>${partner.name}</bdi> has no access to your account (${provider.title}): it was never
        connected, or it is disconnected already. There is nothing to do.
      </p>
      ${callbacks.success !== null && html`<p><a href="${callbacks.success}">Go back</a></p>`}`,
  });

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
  return succeeded(c, opened.callbacks, "The account is disconnected");
}
