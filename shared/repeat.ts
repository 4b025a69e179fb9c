import type { Clock } from "./clock.ts";
import { messageOf } from "./errors.ts";
import type { Log } from "./log.ts";

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;

export interface RepeatOptions {
  /** Begins the log lines of an outage: `relay` gives `relay.failing` and `relay.recovered`. */
  name: string;
  /** From the end of one round to the beginning of the next. */
  everyMs: number;
  work(signal: AbortSignal): Promise<void>;
}

export interface Repetition {
  /** Resolves when stopped; never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /** Ends the pause before the next round; if one is under way, another follows it at once. */
  wake(): void;
}

/**
 * Does the same work again and again and outlives what it depends on: a round that fails is tried
 * again after 250 ms, then twice as long each time up to 5 s, with one warning an outage.
 */
export function repeat(deps: { clock: Clock; log: Log }, options: RepeatOptions): Repetition {
  const { clock, log } = deps;
  let pause = new AbortController();

  /** @returns how many rounds in a row have failed. */
  async function round(failures: number, signal: AbortSignal): Promise<number> {
    try {
      await options.work(signal);
      if (failures > 0) log.info(`${options.name}.recovered`, { failures });
      return 0;
    } catch (error) {
      if (signal.aborted) return failures;
      if (failures === 0) log.warn(`${options.name}.failing`, { error: messageOf(error) });
      return failures + 1;
    }
  }

  return {
    wake: () => pause.abort(),
    async run(signal) {
      const wake = () => pause.abort();
      signal.addEventListener("abort", wake);
      let failures = 0;
      while (!signal.aborted) {
        pause = new AbortController();
        failures = await round(failures, signal);
        if (signal.aborted) break;
        const delayMs =
          failures === 0
            ? options.everyMs
            : Math.min(FIRST_DELAY_MS * 2 ** (failures - 1), MAX_DELAY_MS);
        if (delayMs > 0) await clock.sleep(delayMs, pause.signal);
      }
      signal.removeEventListener("abort", wake);
    },
  };
}
