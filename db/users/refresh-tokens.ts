import { and, asc, eq, gt, isNotNull, isNull, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { imapProviders, partnerConnections } from "../partners/tables.ts";
import { users } from "./tables.ts";

/** The data for a token request; the secrets are sealed. */
export interface StoredGrant {
  userId: string;
  sealedRefreshToken: string;
  /** The refresh token before the last rotation; null after the current one has worked. */
  sealedPreviousRefreshToken: string | null;
  credentialsAt: Date | null;
  connectionId: string;
  clientId: string | null;
  sealedClientSecret: string | null;
  tokenUrl: string | null;
}

/**
 * Leases a user's grant for one refresh: no other process refreshes the grant until it is saved or
 * released, or `leaseMs` have passed.
 * @returns "busy" when another process has leased the grant; "gone" when the user has none.
 */
export async function leaseGrant(
  db: Db,
  userId: string,
  leaseMs: number,
): Promise<StoredGrant | "busy" | "gone"> {
  const [leased] = await db
    .update(users)
    .set({ refreshLeaseUntil: sql`now() + ${leaseMs}::float8 * interval '1 millisecond'` })
    .where(
      and(
        eq(users.id, userId),
        isNotNull(users.sealedRefreshToken),
        sql`coalesce(${users.refreshLeaseUntil} < now(), true)`,
      ),
    )
    .returning({ id: users.id });
  const [grant] = await db
    .select({
      userId: users.id,
      sealedRefreshToken: users.sealedRefreshToken,
      sealedPreviousRefreshToken: users.sealedPreviousRefreshToken,
      credentialsAt: users.credentialsAt,
      connectionId: users.connectionId,
      clientId: partnerConnections.oauth2ClientId,
      sealedClientSecret: partnerConnections.sealedOauth2ClientSecret,
      tokenUrl: imapProviders.oauthTokenUrl,
    })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(eq(users.id, userId));
  if (!grant || grant.sealedRefreshToken === null) return "gone";
  return leased ? { ...grant, sealedRefreshToken: grant.sealedRefreshToken } : "busy";
}

/** Releases a grant after a failed refresh. */
export async function releaseGrant(db: Db, userId: string): Promise<void> {
  await db.update(users).set({ refreshLeaseUntil: null }).where(eq(users.id, userId));
}

/**
 * Saves the new refresh token and releases the grant, if the user's token is still the leased one.
 *
 * @returns false when the credentials were replaced meanwhile.
 */
export async function saveGrant(
  db: Db,
  leased: StoredGrant,
  now: Pick<StoredGrant, "sealedRefreshToken" | "sealedPreviousRefreshToken">,
): Promise<boolean> {
  const { sealedRefreshToken, sealedPreviousRefreshToken } = now;
  const saved = await db
    .update(users)
    .set({
      sealedRefreshToken,
      sealedPreviousRefreshToken,
      refreshedAt: sql`now()`,
      refreshLeaseUntil: null,
    })
    .where(
      and(eq(users.id, leased.userId), eq(users.sealedRefreshToken, leased.sealedRefreshToken)),
    )
    .returning({ id: users.id });
  return saved.length > 0;
}

/**
 * A third of a day. Multiplied by the number of days that a provider lets a refresh token stay
 * unused, it gives a third of that time.
 */
const IDLE_SHARE = sql.raw("interval '8 hours'");

/**
 * Reads living users whose refresh token has been unused for a third of the allowed time, sorted by
 * id.
 */
export function readIdleGrants(db: Db, afterUserId: string, limit: number) {
  const usedAt = sql`coalesce(${users.refreshedAt}, ${users.credentialsAt}, ${users.createdAt})`;
  return db
    .select({
      userId: users.id,
      partnerId: partnerConnections.partnerId,
      providerCode: imapProviders.code,
      credentialsAt: users.credentialsAt,
    })
    .from(users)
    .innerJoin(partnerConnections, eq(partnerConnections.id, users.connectionId))
    .innerJoin(imapProviders, eq(imapProviders.id, partnerConnections.providerId))
    .where(
      and(
        gt(users.id, afterUserId),
        isNull(users.archivedAt),
        isNull(users.incidentAt),
        isNotNull(users.sealedRefreshToken),
        sql`${usedAt} < now() - ${imapProviders.oauthIdleDays} * ${IDLE_SHARE}`,
      ),
    )
    .orderBy(asc(users.id))
    .limit(limit);
}
