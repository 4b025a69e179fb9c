import type { Context } from "hono";
import { findLinkedUser, type LinkedUser } from "../../db/users/linked-user.ts";
import { isLinkSpent } from "../../db/users/spent-links.ts";
import type { ConnectLink } from "../../shared/secrets/connect-link.ts";
import type { AppEnv } from "../app-env.ts";
import { type Callbacks, chooseCallbacks } from "./callbacks.ts";
import { readLinkPath } from "./link-path.ts";
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
  const link = await c.env.links.read(path.token, purpose, Date.now());
  if ("fault" in link) throw new Refusal(link.fault);
  const linked = await mustFindLinked(c, link);
  return { ...linked, link, callbacks: chooseCallbacks(path.callbacks, linked.partner) };
}

/**
 * Finds the user of a link, with the user's connection, provider and partner.
 * @throws {Refusal} when the link was used before, or its user was removed. For a link to connect,
 * also when the user is archived or the provider is disabled.
 */
export async function mustFindLinked(
  c: Context<AppEnv>,
  link: Pick<ConnectLink, "purpose" | "userId" | "linkId">,
): Promise<LinkedUser> {
  const linked = await findLinkedUser(c.var.db, link.userId);
  if (!linked || linked.connection.removedAt !== null) throw new Refusal("gone");
  c.set("partnerId", linked.partner.id);
  if (await isLinkSpent(c.var.db, link.linkId)) throw new Refusal("spent");
  if (link.purpose === "disconnect") return linked;
  if (linked.user.archivedAt !== null) throw new Refusal("gone");
  if (!linked.provider.enabled) {
    const text = linked.provider.disabledReason;
    throw new Refusal("disabled", text === null ? {} : { text });
  }
  return linked;
}
