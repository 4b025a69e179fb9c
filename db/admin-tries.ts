import { and, eq, gt, sql } from "drizzle-orm";
import { hasEmail } from "./admin-users.ts";
import type { Db } from "./client.ts";
import { adminUsers } from "./schema.ts";

/** Wrong tries after which an account is locked. */
export const MAX_TRIES = 3;
const LOCK = sql`interval '1 hour'`;

/** What a try is judged by. */
const columns = {
  id: adminUsers.id,
  email: adminUsers.email,
  passwordHash: adminUsers.passwordHash,
  /** Null: there is no second factor, or it was not confirmed. */
  sealedTotpSecret: sql<
    string | null
  >`case when ${adminUsers.totpConfirmedAt} is not null then ${adminUsers.sealedTotpSecret} end`,
  /** This one included. */
  tries: adminUsers.failedTries,
};

/**
 * Counts a try before it is judged, so that of many at once no more than three are. The third locks
 * the account for an hour, unless it turns out to be right.
 *
 * @returns undefined when there is no such account, or it is locked.
 */
export async function takeTry(db: Db, by: { email: string } | { id: string }) {
  const isMeant = "id" in by ? eq(adminUsers.id, by.id) : hasEmail(by.email);
  // A lock that is past begins the count anew.
  const tries = sql`case when ${adminUsers.lockedUntil} is null then ${adminUsers.failedTries} else 0 end + 1`;
  const [taken] = await db
    .update(adminUsers)
    .set({
      failedTries: tries,
      lockedUntil: sql`case when ${tries} >= ${MAX_TRIES} then now() + ${LOCK} end`,
    })
    .where(and(isMeant, sql`coalesce(${adminUsers.lockedUntil} <= now(), true)`))
    .returning(columns);
  return taken;
}

export type Try = NonNullable<Awaited<ReturnType<typeof takeTry>>>;

/** For a try that was right, or neither right nor wrong. */
export async function giveBackTry(db: Db, id: string): Promise<void> {
  await db
    .update(adminUsers)
    .set({ failedTries: sql`${adminUsers.failedTries} - 1`, lockedUntil: null })
    .where(and(eq(adminUsers.id, id), gt(adminUsers.failedTries, 0)));
}

const NO_TRIES = { failedTries: 0, lockedUntil: null };

/** For the sign-in that a try led to. @returns false when the password is another by now, or the admin is gone. */
export async function admit(tx: Db, { id, passwordHash }: Try): Promise<boolean> {
  const admitted = await tx
    .update(adminUsers)
    .set({ ...NO_TRIES, lastSignInAt: sql`now()` })
    .where(and(eq(adminUsers.id, id), eq(adminUsers.passwordHash, passwordHash)))
    .returning({ id: adminUsers.id });
  return admitted.length > 0;
}

/** Unlocks the account. */
export async function forgetTries(tx: Db, id: string): Promise<void> {
  await tx.update(adminUsers).set(NO_TRIES).where(eq(adminUsers.id, id));
}
