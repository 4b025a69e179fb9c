import { and, eq, isNull, lt, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { requireCount, requireRow } from "../conditions.ts";
import { noRows, type Query } from "../query.ts";
import { adminUsers } from "./tables.ts";

/**
 * Stores the secret of a second factor (TOTP) that the admin has not confirmed yet. Fails, as
 * `requireCount()`, when a second factor is already on.
 */
export const beginTotp = (tx: Db, id: string, sealedTotpSecret: string): Query<void> =>
  requireCount(
    tx,
    tx
      .update(adminUsers)
      .set({ sealedTotpSecret, totpLastStep: 0 })
      .where(and(eq(adminUsers.id, id), isNull(adminUsers.totpConfirmedAt)))
      .returning({ id: adminUsers.id }),
    1,
  );

/**
 * Returns the sealed secret of a second factor that is not confirmed yet; null when there is none.
 */
export async function findUnconfirmedTotp(db: Db, id: string): Promise<string | null> {
  const [found] = await db
    .select({ sealed: adminUsers.sealedTotpSecret })
    .from(adminUsers)
    .where(and(eq(adminUsers.id, id), isNull(adminUsers.totpConfirmedAt)));
  return found?.sealed ?? null;
}

/**
 * Turns the second factor on. Fails, as `requireCount()`, when another request has turned it on or
 * has replaced its secret.
 */
export function confirmTotp(
  tx: Db,
  id: string,
  confirmed: { sealedTotpSecret: string; step: number; recoveryCodeHashes: string[] },
): Query<void> {
  const { sealedTotpSecret, step, recoveryCodeHashes } = confirmed;
  const isUnconfirmed = and(
    eq(adminUsers.id, id),
    eq(adminUsers.sealedTotpSecret, sealedTotpSecret),
    isNull(adminUsers.totpConfirmedAt),
  );
  return requireCount(
    tx,
    tx
      .update(adminUsers)
      .set({ totpConfirmedAt: sql`now()`, totpLastStep: step, recoveryCodeHashes })
      .where(isUnconfirmed)
      .returning({ id: adminUsers.id }),
    1,
  );
}

/**
 * Marks the TOTP code of a step (30 seconds) as used.
 * @returns false when a code of this step or of a later step was already used.
 */
export async function spendTotpStep(db: Db, id: string, step: number): Promise<boolean> {
  const spent = await db
    .update(adminUsers)
    .set({ totpLastStep: step })
    .where(and(eq(adminUsers.id, id), lt(adminUsers.totpLastStep, step)))
    .returning({ id: adminUsers.id });
  return spent.length > 0;
}

/**
 * Marks a recovery code as used.
 * @returns false when the code does not exist or was already used.
 */
export async function spendRecoveryCode(db: Db, id: string, codeHash: string): Promise<boolean> {
  const { recoveryCodeHashes } = adminUsers;
  const spent = await db
    .update(adminUsers)
    .set({ recoveryCodeHashes: sql`array_remove(${recoveryCodeHashes}, ${codeHash})` })
    .where(and(eq(adminUsers.id, id), sql`${codeHash} = any(${recoveryCodeHashes})`))
    .returning({ id: adminUsers.id });
  return spent.length > 0;
}

/** Locks the admin's row, and requires, as `requireRow()`, that the second factor is on. */
export const requireTotp = (tx: Db, id: string): Query<void> =>
  requireRow(
    tx,
    sql`select 1 from admin_users where id = ${id} and totp_confirmed_at is not null for update`,
  );

const NO_TOTP = {
  sealedTotpSecret: null,
  totpConfirmedAt: null,
  totpLastStep: 0,
  recoveryCodeHashes: [],
};

/** Turns the second factor off, and ends a setup of one. Idempotent. */
export const removeTotp = (tx: Db, id: string): Query<void> =>
  noRows(tx.update(adminUsers).set(NO_TOTP).where(eq(adminUsers.id, id)));
