import { and, asc, eq, isNotNull, isNull, ne, or, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { imapProviders, partnerConnections } from "../partners/tables.ts";
import type { LinkedUser } from "./linked-user.ts";
import { users } from "./tables.ts";

/** How many users are listed. A page could not show more of them. */
const MAX_LISTED = 20;

/** A user without credentials, with the provider of its connection. */
export type UnconnectedUser = Awaited<ReturnType<typeof listUnconnectedOfTag>>[number];

/**
 * Lists the partner's other users with the tag of this user: those that are living, have no
 * credentials, and can be connected. Upper and lower case do not matter in a tag.
 */
export const listUnconnectedOfTag = (
  db: Db,
  { user, partner }: { user: Pick<LinkedUser["user"], "id" | "tag">; partner: { id: string } },
) =>
  db
    .select({
      userId: users.id,
      provider: {
        title: imapProviders.title,
        kind: imapProviders.kind,
        imapHost: imapProviders.imapHost,
        ownHost: imapProviders.ownHost,
      },
    })
    .from(partnerConnections)
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .innerJoin(users, eq(users.connectionId, partnerConnections.id))
    .where(
      and(
        eq(partnerConnections.partnerId, partner.id),
        isNull(partnerConnections.removedAt),
        imapProviders.enabled,
        hasClient,
        eq(sql`lower(${users.tag})`, sql`lower(${user.tag})`),
        isNull(users.archivedAt),
        isNull(users.credentialsAt),
        ne(users.id, user.id),
      ),
    )
    .orderBy(asc(imapProviders.title), asc(users.id))
    .limit(MAX_LISTED);

const hasClient = or(
  eq(imapProviders.kind, "plain"),
  and(eq(imapProviders.kind, "oauth2"), isNotNull(partnerConnections.oauth2ClientId)),
  and(eq(imapProviders.kind, "oauth1"), isNotNull(partnerConnections.oauth1ConsumerKey)),
);
