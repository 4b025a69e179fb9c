import { and, eq, gt, isNull, lt, sql } from "drizzle-orm";
import { hasEmail } from "./admin-users.ts";
import type { Db } from "../client.ts";
import { requireCount } from "../conditions.ts";
import { noRows, type Query } from "../query.ts";
import { adminSessions, adminUsers } from "./tables.ts";

/** How many wrong tries lock an account. */
export const MAX_TRIES = 3;
/**
 * A locked account accepts tries with a code of its second factor until this number of wrong tries
 * is reached. The tries that locked the account count, too.
 */
const MAX_TRIES_LOCKED = 10;
const LOCK = sql`interval '1 hour'`;

/** The columns that are needed to check a password or a code. */
const columns = {
  id: adminUsers.id,
  email: adminUsers.email,
  passwordHash: adminUsers.passwordHash,
  /** Null when there is no confirmed second factor. */
  sealedTotpSecret: sql<
    string | null
  >`case when ${adminUsers.totpConfirmedAt} is not null then ${adminUsers.sealedTotpSecret} end`,
  /** A subquery, in which Drizzle would leave out the name of the table. */
  hasPasskeys: sql<boolean>`exists (select from admin_passkeys p where p.admin_id = admin_users.id)`,
  /** Whether a command on the machine has set the password within the last hour. */
  isShellPassword: sql<boolean>`coalesce(${adminUsers.shellPasswordAt} > now() - interval '1 hour', false)`,
  /**
   * The number of failed tries. It includes the current try, which is counted before it is checked.
   */
  tries: adminUsers.failedTries,
};

/** A try to sign in, before its password and code are checked. */
export interface SignInTry {
  email: string;
  /**
   * The network that contains the client's address. Tries from neighbouring addresses are counted
   * together.
   */
  network: string;
  /** Whether the try contains a code of the second factor, right or wrong. */
  hasCode: boolean;
}

/** SQL condition: the account's lock has expired, so counting starts again at 0. */
const isPast = sql`coalesce(${adminUsers.lockedUntil} <= now(), false)`;
const isLocked = sql`coalesce(${adminUsers.lockedUntil} > now(), false)`;

/**
 * Counts a try to sign in. Must be called before the password is checked, so that the limit also
 * applies to concurrent tries. The third try locks the account for an hour, unless it succeeds.
 *
 * A locked account still accepts a try with a code of its second factor, if the try comes from a
 * network with fewer than three tries. So wrong tries from one other network do not keep the admin
 * out. The account accepts at most ten tries in total, so that nobody can guess a code by trying
 * from many networks.
 *
 * @returns undefined when the account does not exist, or is locked and does not accept the try.
 */
export async function takeTry(db: Db, { email, network, hasCode }: SignInTry) {
  const tries = sql`case when ${isPast} then 0 else ${adminUsers.failedTries} end + 1`;
  const networks = sql`case when ${isPast} then '{}' else ${adminUsers.failedNetworks} end`;
  const isElsewhere = sql`coalesce(cardinality(array_positions(${adminUsers.failedNetworks}, ${network})), 0) < ${MAX_TRIES}`;
  const mayTryLocked = sql`${hasCode} and ${adminUsers.totpConfirmedAt} is not null
    and ${adminUsers.failedTries} < ${MAX_TRIES_LOCKED} and ${isElsewhere}`;
  const [taken] = await db
    .update(adminUsers)
    .set({
      failedTries: tries,
      failedNetworks: sql`array_append(${networks}, ${network})`,
      lockedUntil: sql`case when ${isLocked} then ${adminUsers.lockedUntil}
        when ${tries} >= ${MAX_TRIES} then now() + ${LOCK} end`,
    })
    .where(and(hasEmail(email), sql`(not ${isLocked} or (${mayTryLocked}))`))
    .returning(columns);
  return taken;
}

export type Try = NonNullable<Awaited<ReturnType<typeof takeTry>>>;

/**
 * Removes a try from the count, and ends the lock if the try has locked the account. Used when the
 * password was right, but the code of the second factor was missing.
 */
export async function giveBackTry(db: Db, id: string): Promise<void> {
  await db
    .update(adminUsers)
    .set({
      failedTries: sql`${adminUsers.failedTries} - 1`,
      failedNetworks: sql`trim_array(${adminUsers.failedNetworks}, least(1, cardinality(${adminUsers.failedNetworks})))`,
      lockedUntil: null,
    })
    .where(and(eq(adminUsers.id, id), gt(adminUsers.failedTries, 0)));
}

/**
 * Counts a try of a signed-in admin to confirm an action with the password. Tries are counted per
 * session, before the password is checked. It does not matter whether the account is locked:
 * otherwise anyone could block signed-in admins with wrong passwords.
 *
 * @returns undefined when the session was revoked or has had three wrong tries.
 */
export async function takeConfirmation(db: Db, sessionId: string): Promise<Try | undefined> {
  const [taken] = await db
    .update(adminSessions)
    .set({ failedTries: sql`${adminSessions.failedTries} + 1` })
    .from(adminUsers)
    .where(
      and(
        eq(adminSessions.id, sessionId),
        eq(adminUsers.id, adminSessions.adminId),
        isNull(adminSessions.revokedAt),
        lt(adminSessions.failedTries, MAX_TRIES),
      ),
    )
    .returning({ ...columns, tries: adminSessions.failedTries });
  return taken;
}

/** Sets the session's failed tries back to 0 after a correct confirmation. */
export async function forgetConfirmations(db: Db, sessionId: string): Promise<void> {
  await db.update(adminSessions).set({ failedTries: 0 }).where(eq(adminSessions.id, sessionId));
}

/** Locks the account for an hour, as a third wrong try does. */
export const lockAccount = (tx: Db, id: string): Query<void> =>
  noRows(
    tx
      .update(adminUsers)
      .set({ failedTries: MAX_TRIES, lockedUntil: sql`now() + ${LOCK}` })
      .where(eq(adminUsers.id, id)),
  );

const NO_TRIES = { failedTries: 0, failedNetworks: [], lockedUntil: null };

/**
 * Records a successful sign-in, and resets the counts of failed tries. Fails, as `requireCount()`,
 * when the password has changed meanwhile, or the admin was deleted.
 */
export const admit = (tx: Db, { id, passwordHash }: Try): Query<void> =>
  requireCount(
    tx,
    tx
      .update(adminUsers)
      .set({ ...NO_TRIES, lastSignInAt: sql`now()` })
      .where(and(eq(adminUsers.id, id), eq(adminUsers.passwordHash, passwordHash)))
      .returning({ id: adminUsers.id }),
    1,
  );

/** Records a successful sign-in that no wrong try can precede, and ends a lock of the account. */
export const recordSignIn = (tx: Db, id: string): Query<void> =>
  noRows(
    tx
      .update(adminUsers)
      .set({ ...NO_TRIES, lastSignInAt: sql`now()` })
      .where(eq(adminUsers.id, id)),
  );

/** Unlocks the account and resets its counts of tries. */
export const forgetTries = (tx: Db, id: string): Query<void> =>
  noRows(tx.update(adminUsers).set(NO_TRIES).where(eq(adminUsers.id, id)));
