import { claimPurge } from "../../db/purges.ts";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat, type Repetition } from "../../shared/repeat.ts";
import { type PurgeDeps, type PurgeSettings, runPurge } from "./run-purge.ts";

export interface PurgesDeps extends Omit<PurgeDeps, "goesOn"> {
  clock: Clock;
  log: Log;
}

export interface PurgesSettings extends PurgeSettings {
  intervalMs: number;
}

/**
 * Clears away the users and connections that the API was asked to remove. Any instance may do it,
 * several at once too. Wake it when something was removed. Never rejects.
 */
export function createPurges(deps: PurgesDeps, settings: PurgesSettings): Repetition {
  const { bus, db, clock, log } = deps;

  const work = async (signal: AbortSignal, goesOn: () => void) => {
    for (;;) {
      const purge = signal.aborted ? undefined : await claimPurge(db, settings.leaseMs);
      if (!purge) return;
      const startedMs = clock.now();
      try {
        await runPurge({ bus, db, goesOn }, settings, purge, signal);
      } catch (error) {
        // Most likely the store was lost with its streams.
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
