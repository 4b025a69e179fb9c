import { eq, lte, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { leaseEnd } from "../removal/purges.ts";
import { rounds } from "./tables.ts";

/**
 * Takes work that one instance does for the whole fleet, when it is due. Nobody else takes it for
 * `leaseMs`, or until `dueIn()` is told.
 */
export async function claimRound(db: Db, name: string, leaseMs: number): Promise<boolean> {
  const dueAt = leaseEnd(leaseMs);
  const claimed = await db
    .insert(rounds)
    .values({ name, dueAt })
    .onConflictDoUpdate({
      target: rounds.name,
      set: { dueAt },
      setWhere: lte(rounds.dueAt, sql`now()`),
    })
    .returning({ name: rounds.name });
  return claimed.length > 0;
}

/** Says when the round is due: the next one at its end, this one when its instance gives it up or goes on. */
export async function dueIn(db: Db, name: string, delayMs: number): Promise<void> {
  await db
    .update(rounds)
    .set({ dueAt: leaseEnd(delayMs) })
    .where(eq(rounds.name, name));
}
