import { claimPurge, leasePurge, type Purge } from "../../db/removal/purges.ts";
import type { Clock } from "../../shared/clock.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import { type PurgeDeps, type PurgeSettings, runPurge } from "./run-purge.ts";

export interface PurgesDeps extends Omit<PurgeDeps, "goesOn"> {
  clock: Clock;
  log: Log;
}

export interface PurgesSettings extends PurgeSettings {
  intervalMs: number;
}

/**
 * The pause after a failed purge. Then any instance may continue it: perhaps only this one does not
 * reach NATS.
 */
const AGAIN_MS = 10_000;

/**
 * Deletes the data of users and connections that were removed through the API. May run on several
 * instances at once. Call `wake()` after a removal. Never rejects.
 */
export function createPurges(deps: PurgesDeps, settings: PurgesSettings): Repetition {
  const { bus, db, clock, log } = deps;

  /**
   * Shortens the lease, so that the purge continues soon. If this fails, the lease ends later by
   * itself.
   */
  const leave = async ({ id }: Purge) => {
    try {
      await leasePurge(db, id, Math.min(settings.leaseMs, AGAIN_MS));
    } catch (error) {
      log.warn("purge.not_left", { purge_id: id, error: toErrorText(error) });
    }
  };

  const work = async (signal: AbortSignal, goesOn: () => void) => {
    for (;;) {
      const purge = signal.aborted ? undefined : await claimPurge(db, settings.leaseMs);
      if (!purge) return;
      const startedMs = clock.now();
      try {
        await runPurge({ bus, db, goesOn }, settings, purge, signal);
      } catch (error) {
        await leave(purge);
        // The most likely cause is that NATS has lost its streams.
        await bus.repair();
        throw error;
      }
      log.info("purge.advanced", {
        purge_id: purge.id,
        partner_id: purge.partnerId,
        users: purge.total,
        duration_ms: clock.now() - startedMs,
      });
    }
  };
  return repeat(deps, { name: "purges", everyMs: settings.intervalMs, work });
}
