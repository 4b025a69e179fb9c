import { countAdmins } from "../db/admin/admin-users.ts";
import type { Db } from "../db/client.ts";
import type { Clock } from "../shared/clock.ts";
import { toErrorText } from "../shared/errors.ts";
import type { Log } from "../shared/log.ts";

const PAUSE_MS = 5_000;

interface DefaultAdminDeps {
  db: Db;
  clock: Clock;
  log: Log;
}

/**
 * Rejects when an admin still has the default development password, which is public. Waits while
 * the database cannot be reached.
 */
export async function refuseDefaultAdmin(
  { db, clock, log }: DefaultAdminDeps,
  signal: AbortSignal,
): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const admins = await countAdmins(db).catch((error: unknown) => {
      log.warn("database.unreachable", { error: toErrorText(error) });
    });
    if (admins && admins.withDefaultPassword > 0) {
      throw new Error(
        "Cannot start: an admin has the default password of development; npm run admin:reset sets a new one",
      );
    }
    if (admins) return;
    await clock.sleep(PAUSE_MS, signal);
  }
}
