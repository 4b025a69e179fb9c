import { and, eq, isNotNull, isNull, lt, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { adminUsers } from "./tables.ts";

/**
 * Stores the secret of a second factor (TOTP) that the admin has not confirmed yet.
 * @returns false when a second factor is already on.
 */
export async function beginTotp(tx: Db, id: string, sealedTotpSecret: string): Promise<boolean> {
  const begun = await tx
    .update(adminUsers)
    .set({ sealedTotpSecret, totpLastStep: 0 })
    .where(and(eq(adminUsers.id, id), isNull(adminUsers.totpConfirmedAt)))
    .returning({ id: adminUsers.id });
  return begun.length > 0;
}

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
 * Turns the second factor on.
 * @returns false when another request has turned it on or has replaced its secret.
 */
export async function confirmTotp(
  tx: Db,
  id: string,
  confirmed: { sealedTotpSecret: string; step: number; recoveryCodeHashes: string[] },
): Promise<boolean> {
  const { sealedTotpSecret, step, recoveryCodeHashes } = confirmed;
  const done = await tx
    .update(adminUsers)
    .set({ totpConfirmedAt: sql`now()`, totpLastStep: step, recoveryCodeHashes })
    .where(
      and(
        eq(adminUsers.id, id),
        eq(adminUsers.sealedTotpSecret, sealedTotpSecret),
        isNull(adminUsers.totpConfirmedAt),
      ),
    )
    .returning({ id: adminUsers.id });
  return done.length > 0;
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

/**
 * Turns the second factor off.
 * @returns false when it was not on.
 */
export async function removeTotp(tx: Db, id: string): Promise<boolean> {
  const removed = await tx
    .update(adminUsers)
    .set({ sealedTotpSecret: null, totpConfirmedAt: null, totpLastStep: 0, recoveryCodeHashes: [] })
    .where(and(eq(adminUsers.id, id), isNotNull(adminUsers.totpConfirmedAt)))
    .returning({ id: adminUsers.id });
  return removed.length > 0;
}
