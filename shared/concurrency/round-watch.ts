/**
 * How long a round may give no sign of life before it counts as stuck: everything that a round
 * waits for has a much shorter deadline.
 */
export const MAX_SILENCE_MS = 5 * 60_000;

/**
 * How many times a round is checked within `maxSilenceMs`. After a pause of the whole process, the
 * missed checks count as one check, so that the round does not count as stuck.
 */
const LOOKS = 10;
/**
 * How long a stuck round may take to end by itself after its signal has aborted, as a number of
 * checks.
 */
const GRACE_LOOKS = 1;

export type RoundStanding = "going" | "stuck" | "abandoned";

/**
 * Decides what a round's silence means.
 * @param silentLooks Checks in a row without a sign of life.
 */
export function judgeRound(silentLooks: number): RoundStanding {
  if (silentLooks < LOOKS) return "going";
  return silentLooks < LOOKS + GRACE_LOOKS ? "stuck" : "abandoned";
}

export interface RoundWatch extends Disposable {
  /** Aborts when `stopped` aborts, and when the round is stuck. */
  signal: AbortSignal;
  /** Reports a sign of life of the round. */
  goesOn(): void;
  isStuck(): boolean;
  /**
   * Rejects when a stuck round does not end in its grace period. The round may still run, but
   * nothing waits for it.
   */
  abandoned: Promise<never>;
}

/**
 * Watches one round.
 *
 * @param maxSilenceMs Infinity for a round that may wait without limit.
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
