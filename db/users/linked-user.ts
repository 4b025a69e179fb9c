import { and, eq, isNull } from "drizzle-orm";
import type { Db } from "../client.ts";
import { imapProviders, partnerConnections, partners } from "../partners/tables.ts";
import { users } from "./tables.ts";

/** A user with everything needed to connect its account. */
export type LinkedUser = NonNullable<Awaited<ReturnType<typeof findLinkedUser>>>;

export async function findLinkedUser(db: Db, userId: string) {
  const [found] = await db
    .select({
      user: users,
      connection: partnerConnections,
      provider: imapProviders,
      partner: {
        id: partners.id,
        name: partners.name,
        successUrl: partners.successUrl,
        failureUrl: partners.failureUrl,
        allowedOrigins: partners.allowedOrigins,
        privacyUrl: partners.privacyUrl,
        termsUrl: partners.termsUrl,
        websiteUrl: partners.websiteUrl,
        accentColor: partners.accentColor,
        logoDigest: partners.logoDigest,
        consentPage: partners.consentPage,
        providerChoice: partners.providerChoice,
      },
    })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .innerJoin(partners, eq(partners.id, partnerConnections.partnerId))
    .where(and(eq(users.id, userId), isNull(partnerConnections.removedAt)));
  return found;
}
