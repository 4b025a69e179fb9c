import { eq, lte, sql } from "drizzle-orm";
import type { Db } from "../client.ts";
import { leaseEnd } from "../removal/purges.ts";
import { rounds } from "./tables.ts";

/**
 * Claims work that one instance at a time does for the whole fleet. The claim ends after `leaseMs`,
 * unless a call of `dueIn()` sets another time.
 *
 * @returns false when the work is not due, or another instance has claimed it.
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

/**
 * Sets when the work is due again. Called after a round, and also during a round: to extend the
 * claim, or to release it when the instance stops.
 */
export async function dueIn(db: Db, name: string, delayMs: number): Promise<void> {
  await db
    .update(rounds)
    .set({ dueAt: leaseEnd(delayMs) })
    .where(eq(rounds.name, name));
}
