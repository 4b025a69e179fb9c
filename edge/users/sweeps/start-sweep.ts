import { type Db, findConstraint } from "../../../db/client.ts";
import { enqueueUsersChanged } from "../../../db/mail/outbox.ts";
import { insertSweep, type NewSweep, type Sweep } from "../../../db/mail/sweeps.ts";
import type { Query } from "../../../db/query.ts";
import type { User } from "../../../db/users/users.ts";
import { AppError } from "../../../shared/errors.ts";
import { newId } from "../../../shared/ids.ts";
import { hasLogin } from "../user-change.ts";

/**
 * Decides to create a sweep, and to poke the fleet to start it now.
 *
 * @param user The user, read while its row was locked, or required to be unchanged.
 * @throws {AppError} when the user is archived, paused or not connected: no instance would run the
 * sweep.
 */
export function planSweep(
  { partnerId, user }: { partnerId: string; user: User },
  wanted: Pick<Sweep, "since" | "until" | "redeliver">,
  createdAt: Date,
): { sweep: StartedSweep; build: (tx: Db) => readonly Query<unknown>[] } {
  refuseUnwatched(user);
  const sweep = { id: newId("swp"), userId: user.id, ...wanted, createdAt };
  return {
    sweep: { ...sweep, ...WAITING },
    build: (tx) => [insertSweep(tx, sweep), enqueueUsersChanged(tx, partnerId, [user.id])],
  };
}

/** The fields of a new sweep that the database sets. */
const WAITING = {
  state: "waiting",
  found: 0,
  published: 0,
  skipped: 0,
  error: null,
  finishedAt: null,
} as const;
export type StartedSweep = NewSweep & typeof WAITING & Pick<Sweep, "createdAt">;

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
