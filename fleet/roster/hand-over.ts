import type { Db } from "../../db/client.ts";
import { findLoggedInSince, readDatabaseTime } from "../../db/fleet/hand-over.ts";
import type { Clock } from "../../shared/clock.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { Holder } from "./assignment.ts";

export interface HandOverDeps {
  db: Db;
  clock: Clock;
  log: Log;
  holder: Holder;
}

const LOOK_MS = 250;
/**
 * The longest wait for the time of the database. An unreachable database must not delay the
 * announcement that this instance leaves.
 */
const MAX_READ_MS = 1_000;

/**
 * Announces that this instance leaves. Watches each user until its new owner has logged in, for at
 * most `maxMs`. Both instances may see the same mail, but both give it the same event id.
 *
 * Resolves when this instance holds no users, after `maxMs`, or when `leave` has returned false.
 *
 * @param leave Announces that this instance leaves. The other instances then log in, some before
 *   `leave` returns. Returns false if no other instance will take over users.
 */
export async function handOver(
  deps: HandOverDeps,
  leave: () => Promise<boolean>,
  maxMs: number,
): Promise<void> {
  const { db, clock, log, holder } = deps;
  const reading = readDatabaseTime(db);
  const read = new AbortController();
  void reading.catch(() => undefined).finally(() => read.abort());
  await clock.sleep(MAX_READ_MS, read.signal);
  if (!(await leave())) return;
  const startMs = clock.monotonic();
  const held = holder.userIds().length;
  try {
    const since = await reading;
    while (holder.userIds().length > 0 && clock.monotonic() - startMs < maxMs) {
      for (const userId of await findLoggedInSince(db, holder.userIds(), since)) {
        holder.release(userId);
      }
      await clock.sleep(LOOK_MS, new AbortController().signal);
    }
  } catch (error) {
    log.warn("hand_over.failed", { error: toErrorText(error) });
  }
  log.info("users.handed_over", {
    held,
    left: holder.userIds().length,
    duration_ms: clock.monotonic() - startMs,
  });
}
