import { and, eq, isNotNull, isNull, lt, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { adminUsers } from "./tables.ts";

/** Keeps the secret of a second factor that is not in force yet. @returns false when one is. */
export async function beginTotp(tx: Db, id: string, sealedTotpSecret: string): Promise<boolean> {
  const begun = await tx
    .update(adminUsers)
    .set({ sealedTotpSecret, totpLastStep: 0 })
    .where(and(eq(adminUsers.id, id), isNull(adminUsers.totpConfirmedAt)))
    .returning({ id: adminUsers.id });
  return begun.length > 0;
}

/** The secret that waits for its first code. */
export async function findUnconfirmedTotp(db: Db, id: string): Promise<string | null> {
  const [found] = await db
    .select({ sealed: adminUsers.sealedTotpSecret })
    .from(adminUsers)
    .where(and(eq(adminUsers.id, id), isNull(adminUsers.totpConfirmedAt)));
  return found?.sealed ?? null;
}

/** @returns false when another request was first. */
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

/** @returns false when a code of this half minute, or of a later one, was taken before. */
export async function spendTotpStep(db: Db, id: string, step: number): Promise<boolean> {
  const spent = await db
    .update(adminUsers)
    .set({ totpLastStep: step })
    .where(and(eq(adminUsers.id, id), lt(adminUsers.totpLastStep, step)))
    .returning({ id: adminUsers.id });
  return spent.length > 0;
}

/** @returns false when there is no such code, or no longer. */
export async function spendRecoveryCode(db: Db, id: string, codeHash: string): Promise<boolean> {
  const { recoveryCodeHashes } = adminUsers;
  const spent = await db
    .update(adminUsers)
    .set({ recoveryCodeHashes: sql`array_remove(${recoveryCodeHashes}, ${codeHash})` })
    .where(and(eq(adminUsers.id, id), sql`${codeHash} = any(${recoveryCodeHashes})`))
    .returning({ id: adminUsers.id });
  return spent.length > 0;
}

/** @returns false when there was none in force. */
export async function removeTotp(tx: Db, id: string): Promise<boolean> {
  const removed = await tx
    .update(adminUsers)
    .set({ sealedTotpSecret: null, totpConfirmedAt: null, totpLastStep: 0, recoveryCodeHashes: [] })
    .where(and(eq(adminUsers.id, id), isNotNull(adminUsers.totpConfirmedAt)))
    .returning({ id: adminUsers.id });
  return removed.length > 0;
}
