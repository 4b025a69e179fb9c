import { type Db, findConstraint } from "../../../db/client.ts";
import { enqueueUsersChanged } from "../../../db/mail/outbox.ts";
import { insertSweep, type Sweep } from "../../../db/mail/sweeps.ts";
import type { User } from "../../../db/users/users.ts";
import { AppError } from "../../../shared/errors.ts";
import { newId } from "../../../shared/ids.ts";
import { hasLogin } from "../user-change.ts";

/**
 * Creates a sweep, and pokes the fleet to start it now.
 *
 * @param user The user, read while its row was locked.
 * @throws {AppError} when the user is archived, paused or not connected: no instance would run the
 * sweep.
 */
export async function startSweep(
  tx: Db,
  { partnerId, user }: { partnerId: string; user: User },
  wanted: Pick<Sweep, "since" | "until" | "redeliver">,
): Promise<Sweep> {
  refuseUnwatched(user);
  const sweep = await insertSweep(tx, { id: newId("swp"), userId: user.id, ...wanted });
  await enqueueUsersChanged(tx, partnerId, [user.id]);
  return sweep;
}

/**
 * Runs a write that starts a sweep.
 * @throws {AppError} when the user already has a sweep that has not ended.
 */
export async function refusingSecondSweep<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (cause) {
    if (findConstraint(cause) !== "sweeps_open") throw cause;
    throw new AppError("conflict", "Cannot sweep the mailbox: another sweep is still running", {
      cause,
    });
  }
}

function refuseUnwatched(user: User): void {
  const reason = whyUnwatched(user);
  if (reason === undefined) return;
  throw new AppError("conflict", `Cannot sweep the mailbox: the user is ${reason}`);
}

function whyUnwatched(user: User): string | undefined {
  if (user.archivedAt !== null) return "archived";
  if (user.pausedAt !== null) return "paused";
  return hasLogin(user) ? undefined : "not connected";
}
