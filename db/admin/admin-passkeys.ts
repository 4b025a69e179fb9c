import { and, asc, eq, lt, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { requireCount, requireRow } from "../conditions.ts";
import { allRows, firstRow, noRows, type Query } from "../query.ts";
import { recordSignIn } from "./admin-tries.ts";
import { adminPasskeys, adminUsedChallenges } from "./tables.ts";

/** How long a used challenge is kept. It must be longer than a challenge is valid. */
const KEPT = sql`interval '1 hour'`;

const columns = {
  id: adminPasskeys.id,
  adminId: adminPasskeys.adminId,
  name: adminPasskeys.name,
  credentialId: adminPasskeys.credentialId,
  publicKey: adminPasskeys.publicKey,
  counter: adminPasskeys.counter,
  transports: adminPasskeys.transports,
  createdAt: adminPasskeys.createdAt,
  lastUsedAt: adminPasskeys.lastUsedAt,
};

/** Lists the passkeys of an admin, oldest first. */
export const listPasskeys = (db: Db, adminId: string) =>
  allRows(
    db
      .select(columns)
      .from(adminPasskeys)
      .where(eq(adminPasskeys.adminId, adminId))
      .orderBy(asc(adminPasskeys.id)),
  );

export type Passkey = Awaited<ReturnType<typeof listPasskeys>>[number];

export const findPasskey = (db: Db, credentialId: string): Query<Passkey | undefined> =>
  firstRow(
    db.select(columns).from(adminPasskeys).where(eq(adminPasskeys.credentialId, credentialId)),
  );

export const findOwnPasskey = (db: Db, adminId: string, id: string): Query<Passkey | undefined> =>
  firstRow(db.select(columns).from(adminPasskeys).where(isOwn(adminId, id)));

/**
 * Requires, as `requireRow()`, that the admin exists and has fewer passkeys than `max`. The row of
 * the admin must be locked by an earlier statement of the transaction.
 */
export const requirePasskeysBelow = (tx: Db, adminId: string, max: number): Query<void> =>
  requireRow(
    tx,
    sql`select 1 from admin_users where id = ${adminId}
      and (select count(*) from admin_passkeys p where p.admin_id = ${adminId}) < ${max}`,
  );

export type NewPasskey = Omit<Passkey, "createdAt" | "lastUsedAt">;

/**
 * Inserts a passkey. Fails, as `requireCount()`, when a passkey with this credential id exists.
 */
export const insertPasskey = (tx: Db, passkey: NewPasskey): Query<void> =>
  requireCount(
    tx,
    tx
      .insert(adminPasskeys)
      .values(passkey)
      .onConflictDoNothing()
      .returning({ id: adminPasskeys.id }),
    1,
  );

/**
 * Records that a passkey was used, and that its admin signed in, which ends a lock. Fails, as
 * `requireCount()`, when the passkey was removed meanwhile, or another sign-in has changed its
 * counter.
 */
export const usePasskey = (tx: Db, passkey: Passkey, counter: number): readonly Query<void>[] => [
  requireCount(
    tx,
    tx
      .update(adminPasskeys)
      .set({ counter, lastUsedAt: sql`now()` })
      .where(and(eq(adminPasskeys.id, passkey.id), eq(adminPasskeys.counter, passkey.counter)))
      .returning({ id: adminPasskeys.id }),
    1,
  ),
  recordSignIn(tx, passkey.adminId),
];

/** Deletes a passkey of an admin. Fails, as `requireCount()`, when there is no such passkey. */
export const deletePasskey = (tx: Db, adminId: string, id: string): Query<void> =>
  requireCount(
    tx,
    tx.delete(adminPasskeys).where(isOwn(adminId, id)).returning({ id: adminPasskeys.id }),
    1,
  );

const isOwn = (adminId: string, id: string) =>
  and(eq(adminPasskeys.adminId, adminId), eq(adminPasskeys.id, id));

/** Deletes all passkeys of an admin. Idempotent. */
export const deletePasskeys = (tx: Db, adminId: string): Query<void> =>
  noRows(tx.delete(adminPasskeys).where(eq(adminPasskeys.adminId, adminId)));

/**
 * Marks a challenge as used, and deletes old marks. Fails, as `requireCount()`, when the challenge
 * was already used.
 */
export const spendChallenge = (tx: Db, hash: string): readonly Query<void>[] => [
  noRows(
    tx.delete(adminUsedChallenges).where(lt(adminUsedChallenges.usedAt, sql`now() - ${KEPT}`)),
  ),
  requireCount(
    tx,
    tx
      .insert(adminUsedChallenges)
      .values({ hash })
      .onConflictDoNothing()
      .returning({ hash: adminUsedChallenges.hash }),
    1,
  ),
];
