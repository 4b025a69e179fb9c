import type { Connection } from "../../db/connections.ts";
import type { User } from "../../db/users.ts";
import { type ConnectLinks, CONNECT_LINK_TTL_MS } from "../../shared/connect-link.ts";
import { newId } from "../../shared/ids.ts";

export interface UserLinks {
  connect_url: string | null;
  disconnect_url: string | null;
}

/** Fresh links to what a person can do with the user's account; null where nothing can be done. */
export async function linksOf(
  links: ConnectLinks,
  connection: Connection,
  user: Pick<User, "id" | "archivedAt" | "connectedAt">,
): Promise<UserLinks> {
  const isLiving = user.archivedAt === null;
  const linkTo = (purpose: "connect" | "disconnect") =>
    links.urlOf({
      purpose,
      userId: user.id,
      linkId: newId("lnk"),
      expiresAtMs: Date.now() + CONNECT_LINK_TTL_MS,
    });
  const isConnected = isLiving && user.connectedAt !== null;
  return {
    connect_url: isLiving && canConnect(connection) ? await linkTo("connect") : null,
    disconnect_url: isConnected ? await linkTo("disconnect") : null,
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
