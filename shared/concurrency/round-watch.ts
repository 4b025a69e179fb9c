/**
 * How long a round may report no progress before it counts as stuck. Everything that a round waits
 * for has a much shorter deadline.
 */
export const MAX_SILENCE_MS = 5 * 60_000;

/**
 * How many times a round is checked within `maxSilenceMs`. The checks that are missed while the
 * whole process is paused count as one. So a pause does not make a round stuck.
 */
const LOOKS = 10;
/** A stuck round is abandoned if it has not ended this many checks after its signal aborted. */
const GRACE_LOOKS = 1;

export type RoundStanding = "going" | "stuck" | "abandoned";

/**
 * Decides whether a round that reports no progress is stuck.
 * @param silentLooks How many checks in a row found no progress.
 */
export function judgeRound(silentLooks: number): RoundStanding {
  if (silentLooks < LOOKS) return "going";
  return silentLooks < LOOKS + GRACE_LOOKS ? "stuck" : "abandoned";
}

export interface RoundWatch extends Disposable {
  /** Aborts when `stopped` aborts, and when the round is stuck. */
  signal: AbortSignal;
  /** Reports progress of the round. */
  goesOn(): void;
  isStuck(): boolean;
  /**
   * Rejects when a stuck round does not end soon after its signal has aborted. The round may still
   * run, but the loop no longer waits for it.
   */
  abandoned: Promise<never>;
}

/**
 * Watches one round of a loop.
 *
 * @param maxSilenceMs How long the round may report no progress. Infinity means no limit.
 */
export function watchRound(
  maxSilenceMs: number,
  stopped: AbortSignal,
  onStuck: () => void,
): RoundWatch {
  const ending = new AbortController();
  const end = () => ending.abort();
  if (stopped.aborted) end();
  else stopped.addEventListener("abort", end);
  const { promise: abandoned, reject } = Promise.withResolvers<never>();
  abandoned.catch(() => undefined);
  let silentLooks = 0;
  let isStuck = false;

  const look = () => {
    const standing = judgeRound(++silentLooks);
    if (standing === "going") return;
    if (!isStuck) onStuck();
    isStuck = true;
    end();
    if (standing === "abandoned") reject(new Error("Cannot end a round: it does not answer"));
  };
  const looking = Number.isFinite(maxSilenceMs)
    ? setInterval(look, maxSilenceMs / LOOKS)
    : undefined;

  return {
    signal: ending.signal,
    goesOn() {
      if (!isStuck) silentLooks = 0;
    },
    isStuck: () => isStuck,
    abandoned,
    [Symbol.dispose]() {
      clearInterval(looking);
      stopped.removeEventListener("abort", end);
    },
  };
}
