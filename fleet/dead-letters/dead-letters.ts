import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import { createPace } from "../quota/pace.ts";
import { clearObsolete } from "./clear-obsolete.ts";
import { type RedeliveryDeps, redeliverLetters } from "./redeliver-letters.ts";

export interface DeadLettersSettings {
  intervalMs: number;
  /** How long an instance's claim to letters lasts. After that, other instances may claim them. */
  leaseMs: number;
  /** The maximum number of letters per second that this process redelivers. */
  ratePerS: number;
}

/**
 * Does what the API requested for dead letters: delivers their events again, and deletes letters
 * that are no longer needed. May run on several instances at once. Call `wake()` when something was
 * requested. Never rejects.
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
      // Most likely, NATS has lost its streams.
      await deps.bus.repair();
      throw error;
    }
  };
  return repeat(deps, { name: "dead_letters", everyMs: settings.intervalMs, work });
}
