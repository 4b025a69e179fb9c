import type { Connection } from "../../db/partners/connections.ts";
import type { User } from "../../db/users/users.ts";
import { type ConnectLinks, CONNECT_LINK_TTL_MS } from "../../shared/secrets/connect-link.ts";
import { newId } from "../../shared/ids.ts";

export interface UserLinks {
  connect_url: string;
  disconnect_url: string;
}

/**
 * Creates new links to connect and to disconnect the user's account. They are valid for 30 minutes.
 *
 * Both links are always created, because clients of the old SuperIMAP (docs/superimap.md) append
 * text to them without checking for null. If a link has no effect, its page says why.
 */
export async function signUserLinks(
  links: ConnectLinks,
  { id }: Pick<User, "id">,
): Promise<UserLinks> {
  const linkTo = (purpose: "connect" | "disconnect") =>
    links.signUrl({
      purpose,
      userId: id,
      linkId: newId("lnk"),
      expiresAtMs: Date.now() + CONNECT_LINK_TTL_MS,
    });
  return { connect_url: await linkTo("connect"), disconnect_url: await linkTo("disconnect") };
}

/** Returns which of the links have an effect now. */
export function usableLinks(
  connection: Connection,
  { archivedAt, credentialsAt }: Pick<User, "archivedAt" | "credentialsAt">,
): { connect: boolean; disconnect: boolean } {
  const isLiving = archivedAt === null;
  return {
    connect: isLiving && canConnect(connection),
    disconnect: isLiving && credentialsAt !== null,
  };
}

function canConnect({ kind, enabled, oauth2ClientId, oauth1ConsumerKey }: Connection): boolean {
  switch (kind) {
    case "plain":
      return enabled;
    case "oauth2":
      return enabled && oauth2ClientId !== null;
    case "oauth1":
      return enabled && oauth1ConsumerKey !== null;
  }
}
