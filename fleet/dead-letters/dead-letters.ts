import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import { createPace } from "../quota/pace.ts";
import { clearObsolete } from "./clear-obsolete.ts";
import { type RedeliveryDeps, redeliverLetters } from "./redeliver-letters.ts";

export interface DeadLettersSettings {
  intervalMs: number;
  /** How long another instance waits for one that says nothing. */
  leaseMs: number;
  /** Letters a second that this process queues again. */
  ratePerS: number;
}

/**
 * Does with dead letters what the API was asked for: has their events delivered again, and deletes
 * those that nobody needs. Any instance may do it, several at once too. Wake it when something was
 * asked for. Never rejects.
 */
export function createDeadLetters(
  given: Omit<RedeliveryDeps, "pace">,
  settings: DeadLettersSettings,
): Repetition {
  const deps = { ...given, pace: createPace(given.clock, settings.ratePerS) };

  const work = async (signal: AbortSignal, goesOn: () => void) => {
    try {
      let letters: number;
      do {
        letters = await redeliverLetters(deps, settings, signal);
        goesOn();
        letters += await clearObsolete(deps, settings);
        goesOn();
      } while (letters > 0 && !signal.aborted);
    } catch (error) {
      // Most likely the store was lost with its streams.
      await deps.bus.repair();
      throw error;
    }
  };
  return repeat(deps, { name: "dead_letters", everyMs: settings.intervalMs, work });
}
