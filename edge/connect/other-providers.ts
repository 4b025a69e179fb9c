import type { Context } from "hono";
import { listUnconnectedOfTag, type UnconnectedUser } from "../../db/users/same-tag.ts";
import type { AppEnv } from "../app-env.ts";
import { signLink } from "./attempt.ts";
import type { OpenLink } from "./open-link.ts";

/** A provider that the page of a link offers instead of the link's own. */
export interface OtherProvider extends Pick<UnconnectedUser["provider"], "title" | "kind"> {
  /** Null if the person names the mail server. */
  imapHost: string | null;
  /** The link of the user that the partner registered for this provider. */
  url: string;
}

/**
 * Lists the providers that the person can connect instead: those for which the partner has a user
 * with the same tag. Empty unless the partner has turned this on.
 *
 * Neither this user nor the others have credentials, so nobody who has the link can replace a
 * connected account. The new links have the id and the expiry of this link: one of them is used
 * once, and then none of them works.
 */
export async function listOtherProviders(
  c: Context<AppEnv>,
  { partner, user, link, callbacks }: OpenLink,
): Promise<OtherProvider[]> {
  const isOffered = partner.providerChoice && user.credentialsAt === null;
  if (!isOffered || link.expiresAtMs <= Date.now()) return [];
  const found = await listUnconnectedOfTag(c.var.db, { user, partner });
  return Promise.all(
    found.map(async ({ userId, provider: { title, kind, imapHost, ownHost } }) => ({
      ...{ title, kind, imapHost: ownHost ? null : imapHost },
      url: await signLink(c, { ...link, userId, isChoice: true }, callbacks),
    })),
  );
}
