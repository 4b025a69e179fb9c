import { eq, sql } from "drizzle-orm";
import type { ReasonCode } from "../../shared/users/reasons.ts";
import type { Db } from "../client.ts";
import { noRows, type Query } from "../query.ts";
import { userHarms } from "./tables.ts";

/**
 * How often a user's mail server has harmed (crashed, blocked or overloaded) the process that
 * watched the user. After a harm, the next session is delayed and runs on trial.
 */
export interface UserHarm {
  harms: number;
  harmedAt: Date;
  /**
   * Whether a session is on trial: it has begun, but has not yet run long enough to count as
   * harmless.
   */
  isOnTrial: boolean;
}

/** The age from which a harm no longer counts. */
const REMEMBERED = sql.raw("interval '7 days'");

/** Counts one harm, and ends the trial. */
export async function recordHarm(
  db: Db,
  userId: string,
  { reason, at }: { reason: ReasonCode; at: Date },
): Promise<UserHarm> {
  const fresh = { harms: 1, reason, harmedAt: at, trialAt: null };
  const [row] = await db
    .insert(userHarms)
    .values({ userId, ...fresh })
    .onConflictDoUpdate({
      target: userHarms.userId,
      set: {
        ...fresh,
        harms: sql`case when ${userHarms.harmedAt} > excluded.harmed_at - ${REMEMBERED} then ${userHarms.harms} + 1 else 1 end`,
      },
    })
    .returning({ harms: userHarms.harms });
  if (!row) throw new Error("Cannot record a harm: no row came back");
  return { harms: row.harms, harmedAt: at, isOnTrial: false };
}

/**
 * Records that a session on trial begins. Call it before the session begins. If the process crashes
 * during the session, the row shows which user was on trial.
 *
 * @returns false when the harms were deleted meanwhile.
 */
export async function beginTrial(db: Db, userId: string, at: Date): Promise<boolean> {
  const begun = await db
    .update(userHarms)
    .set({ trialAt: at })
    .where(eq(userHarms.userId, userId))
    .returning({ userId: userHarms.userId });
  return begun.length > 0;
}

/** Ends the trial of a session that has done no harm. */
export async function endTrial(db: Db, userId: string): Promise<void> {
  await db.update(userHarms).set({ trialAt: null }).where(eq(userHarms.userId, userId));
}

/**
 * Deletes what is recorded of the harm that a user's mail server has done. Called after somebody
 * has changed the account or released the user from quarantine.
 */
export const forgetHarms = (tx: Db, userId: string): Query<void> =>
  // Updates the user without a change, so that the instance that watches the user reads its data
  // again.
  noRows(
    tx.execute(sql`
      with forgotten as (delete from user_harms where user_id = ${userId} returning user_id)
      update users set tag = tag from forgotten where users.id = forgotten.user_id`),
  );
