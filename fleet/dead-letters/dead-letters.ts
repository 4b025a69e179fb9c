import { repeat, type Repetition } from "../../shared/concurrency/repeat.ts";
import { createPace } from "../quota/pace.ts";
import { redeliverLetters, type RedeliveryDeps } from "./redeliver-letters.ts";
import type { Db } from "../../db/client.ts";
import { claimObsolete, clearLetters } from "../../db/deliveries/letter-clearing.ts";
import type { Log } from "../../shared/log.ts";
import type { Bus } from "../bus/bus.ts";
import { deleteFromDead } from "./read-letter.ts";

export interface DeadLettersSettings {
  intervalMs: number;
  /** How long an instance's claim to letters lasts. After that, other instances may claim them. */
  leaseMs: number;
  /** The maximum number of letters per second that this process redelivers. */
  ratePerS: number;
}

/**
 * Delivers events of dead letters again, and deletes letters that are no longer needed, as the API
 * requested. May run on several instances at once. Call `wake()` after a request. Never rejects.
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

const BATCH = 100;

/**
 * Deletes the messages of obsolete letters from DEAD, then updates or deletes their rows in
 * `dead_letters`. A letter is obsolete when its event was delivered or became a dead letter again.
 * It is also obsolete when its deletion was requested. After a crash, both steps are repeated after
 * `leaseMs`.
 *
 * @returns how many letters were found.
 */
async function clearObsolete(
  { bus, db, log }: { bus: Bus; db: Db; log: Log },
  { leaseMs }: { leaseMs: number },
): Promise<number> {
  const letters = await claimObsolete(db, { limit: BATCH, leaseMs });
  if (letters.length === 0) return 0;
  let messages = 0;
  for (const { eventId, seqs } of letters) messages += await deleteFromDead(bus, eventId, seqs);
  await clearLetters(db, letters);
  const deleted = letters.filter(({ isDeleted }) => isDeleted).length;
  log.info("dead_letters.cleared", { messages, deleted });
  return letters.length;
}
