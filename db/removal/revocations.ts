import { eq, inArray, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { noRows, type Query } from "../query.ts";
import { revocations } from "./tables.ts";

export type Revocation = typeof revocations.$inferSelect;

/**
 * Stores the current and previous refresh tokens of these users, to revoke them at the provider
 * (RFC 7009). Users whose provider has no revocation endpoint are skipped. Call it in the
 * transaction that deletes the tokens, before they are deleted. The stored rows remain when the
 * user or the connection is deleted.
 */
export const enqueueRevocations = (tx: Db, userIds: readonly string[]): Query<void> =>
  noRows(
    tx.execute(sql`
    insert into revocations (id, user_id, connection_id, revoke_url, client_id, sealed_client_secret, sealed_token)
    select 'rev_' || replace(gen_random_uuid()::text, '-', ''), users.id, connections.id,
           providers.oauth_revoke_url, connections.oauth2_client_id, connections.sealed_oauth2_client_secret, token.sealed
    from users
    join partner_connections connections on connections.id = users.connection_id
    join imap_providers providers on providers.id = connections.provider_id
    cross join lateral (values (users.sealed_refresh_token), (users.sealed_previous_refresh_token)) as token (sealed)
    where users.id in (select jsonb_array_elements_text(${JSON.stringify(userIds)}::jsonb))
      and providers.kind = 'oauth2'
      and providers.oauth_revoke_url is not null
      and connections.oauth2_client_id is not null
      and token.sealed is not null`),
  );

export interface Claim {
  firstDelayMs: number;
  maxDelayMs: number;
  /** URLs of revocation endpoints to skip now. */
  without: readonly string[];
}

/**
 * Claims the revocation that has been due for longest, if any. The claim ends at the time of the
 * next try, so the revocation is tried again even if this process stops. The delay doubles with
 * each try.
 */
export async function claimRevocation(
  db: Db,
  { firstDelayMs, maxDelayMs, without }: Claim,
): Promise<Revocation | undefined> {
  const excluded = sql`select jsonb_array_elements_text(${JSON.stringify(without)}::jsonb)`;
  const due = db
    .select({ id: revocations.id })
    .from(revocations)
    .where(sql`${revocations.nextTryAt} <= now() and ${revocations.revokeUrl} not in (${excluded})`)
    .orderBy(revocations.nextTryAt)
    .limit(1)
    .for("update", { skipLocked: true });
  const delayMs = sql`least(${firstDelayMs}::float8 * power(2, ${revocations.tries}), ${maxDelayMs}::float8)`;
  const [claimed] = await db
    .update(revocations)
    .set({
      tries: sql`${revocations.tries} + 1`,
      nextTryAt: sql`now() + ${delayMs} * interval '1 millisecond'`,
    })
    .where(inArray(revocations.id, due))
    .returning();
  return claimed;
}

export async function noteRevocationError(db: Db, id: string, error: string): Promise<void> {
  await db.update(revocations).set({ lastError: error }).where(eq(revocations.id, id));
}

/** Deletes a revocation that succeeded or will not be tried again. */
export async function dropRevocation(db: Db, id: string): Promise<void> {
  await db.delete(revocations).where(eq(revocations.id, id));
}
