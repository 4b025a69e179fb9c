import type { Clock } from "../clock.ts";
import { toErrorText } from "../errors.ts";
import type { Log, LogFields } from "../log.ts";
import { enterLoop, type LoopEntry } from "./loop-standings.ts";
import { MAX_SILENCE_MS, watchRound } from "./round-watch.ts";

const FIRST_DELAY_MS = 250;
const MAX_DELAY_MS = 5_000;
/**
 * The maximum number of different errors of one outage that are logged. Without a limit, a message
 * with a changing number would be logged each time.
 */
const MAX_CAUSES_LOGGED = 5;

export interface RepeatOptions {
  /** The name of the loop in the log: `relay` gives `relay.failing` and `relay.recovered`. */
  name: string;
  /** The time from the end of one round to the beginning of the next. */
  everyMs: number;
  /**
   * How long a round may report no progress before it counts as stuck. Use Infinity for a round
   * that only waits.
   */
  maxSilenceMs?: number;
  /**
   * Does the work of one round.
   * @param signal Aborts when the loop is stopped, and when this round is stuck.
   * @param goesOn Reports progress. A round of many steps calls it after each step.
   */
  work(signal: AbortSignal, goesOn: () => void): Promise<void>;
}

export interface Repetition {
  /** Repeats the work until `signal` aborts, then resolves. Never rejects. */
  run(signal: AbortSignal): Promise<void>;
  /**
   * Starts the next round now instead of after the pause. If a round is running, the next round
   * follows it without a pause.
   */
  wake(): void;
}

/** How many rounds in a row have failed, and the error messages that were already logged. */
interface Outage {
  failures: number;
  causes: Set<string>;
}

/**
 * Repeats `work` until it is stopped, even when rounds fail. The delay after a failed round is 250
 * ms, and doubles after each further failure, up to 5 s. Logs each different error of an outage
 * once, up to MAX_CAUSES_LOGGED errors.
 *
 * When a round is stuck, aborts its signal and logs `loop.stuck`. Soon afterwards, the loop
 * continues without the round if it still runs.
 */
export function repeat(deps: { clock: Clock; log: Log }, options: RepeatOptions): Repetition {
  const { clock, log } = deps;
  const { name, maxSilenceMs = MAX_SILENCE_MS } = options;
  let pause = new AbortController();

  /** Rejects when the round fails or is stuck. */
  async function doRound(loop: LoopEntry, signal: AbortSignal): Promise<void> {
    using watch = watchRound(maxSilenceMs, signal, () => {
      loop.isStuck();
      log.error("loop.stuck", { loop: name, silent_s: Math.round(maxSilenceMs / 1_000) });
    });
    const goesOn = () => {
      watch.goesOn();
      loop.goesOn();
    };
    if (Number.isFinite(maxSilenceMs)) loop.goesOn();
    const work = options.work(watch.signal, goesOn);
    let isOver = false;
    const ended = (fields: LogFields) => {
      if (isOver) log.warn("loop.ended_late", { loop: name, ...fields });
    };
    work.then(
      () => ended({}),
      (error: unknown) => ended({ error: toErrorText(error) }),
    );
    try {
      await Promise.race([work, watch.abandoned]);
    } finally {
      isOver = true;
      loop.pauses(!watch.isStuck());
    }
    if (watch.isStuck()) throw new Error("Cannot end a round in time: it gave no sign of life");
  }

  async function round(loop: LoopEntry, outage: Outage, signal: AbortSignal): Promise<void> {
    const { failures, causes } = outage;
    try {
      await doRound(loop, signal);
      if (failures > 0) log.info(`${name}.recovered`, { failures });
      outage.failures = 0;
      causes.clear();
    } catch (error) {
      if (signal.aborted) return;
      outage.failures++;
      const cause = toErrorText(error);
      if (causes.has(cause) || causes.size === MAX_CAUSES_LOGGED) return;
      causes.add(cause);
      log.warn(`${name}.failing`, { error: cause });
    }
  }

  return {
    wake: () => pause.abort(),
    async run(signal) {
      using loop = enterLoop(name, clock);
      const wake = () => pause.abort();
      signal.addEventListener("abort", wake);
      const outage: Outage = { failures: 0, causes: new Set() };
      while (!signal.aborted) {
        pause = new AbortController();
        await round(loop, outage, signal);
        if (signal.aborted) break;
        const delayMs =
          outage.failures === 0
            ? options.everyMs
            : Math.min(FIRST_DELAY_MS * 2 ** (outage.failures - 1), MAX_DELAY_MS);
        if (delayMs > 0) await clock.sleep(delayMs, pause.signal);
      }
      signal.removeEventListener("abort", wake);
    },
  };
}
