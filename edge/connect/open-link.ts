import type { Context } from "hono";
import { findLinkedUser, type LinkedUser } from "../../db/users/linked-user.ts";
import { isLinkSpent } from "../../db/users/spent-links.ts";
import type { ConnectLink } from "../../shared/secrets/connect-link.ts";
import type { AppEnv } from "../app-env.ts";
import { type Callbacks, chooseCallbacks } from "./callbacks.ts";
import { readLinkPath } from "./link-path.ts";
import { toOwnPath } from "./page/failure-page.ts";
import { Refusal } from "./refusals.ts";

/** A valid link with its user. */
export interface OpenLink extends LinkedUser {
  link: ConnectLink;
  callbacks: Callbacks;
}

/**
 * Reads and checks the link in the request's URL.
 * @throws {Refusal} when the URL is not a valid link.
 */
export async function openLink(
  c: Context<AppEnv>,
  purpose: ConnectLink["purpose"],
): Promise<OpenLink> {
  const path = readLinkPath(c.req.url);
  c.set("language", path.language);
  const link = await c.env.links.read(path.token, purpose, Date.now());
  if ("fault" in link && link.fault === "invalid") throw new Refusal("invalid");
  const linked = await mustFindUser(c, link.userId);
  const callbacks = chooseCallbacks(path.callbacks, linked.partner);
  rememberLink(c, linked, { failure: callbacks.failure, link: toOwnPath(c) });
  if ("fault" in link) throw new Refusal("expired");
  await refuseUnusable(c, linked, link);
  return { ...linked, link, callbacks };
}

/**
 * Finds a user, with its connection, provider and partner.
 * @throws {Refusal} when the user was removed.
 */
export async function mustFindUser(c: Context<AppEnv>, userId: string): Promise<LinkedUser> {
  const linked = await findLinkedUser(c.var.db, userId);
  if (!linked || linked.connection.removedAt !== null) throw new Refusal("gone");
  c.set("partnerId", linked.partner.id);
  return linked;
}

/** Has the page of a failure name the partner, and lead back to it. */
export function rememberLink(
  c: Context<AppEnv>,
  { partner, user }: LinkedUser,
  { failure, link }: { failure: string | null; link: string },
): void {
  c.set("linkContext", { partner, email: user.email, failure, link });
}

/**
 * @throws {Refusal} when the link was used before. For a link to connect, also when the user is
 * archived or the provider is disabled, and when a link that another page offered is for a user that
 * has credentials by now.
 */
export async function refuseUnusable(
  c: Context<AppEnv>,
  { user, provider }: LinkedUser,
  link: Pick<ConnectLink, "purpose" | "linkId" | "isChoice">,
): Promise<void> {
  if (await isLinkSpent(c.var.db, link.linkId)) throw new Refusal("spent");
  if (link.purpose === "disconnect") return;
  if (link.isChoice === true && user.credentialsAt !== null) throw new Refusal("spent");
  if (user.archivedAt !== null) throw new Refusal("gone");
  if (provider.enabled) return;
  const text = provider.disabledReason;
  throw new Refusal("disabled", text === null ? {} : { text });
}
