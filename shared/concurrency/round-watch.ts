/** A round that gives no sign of life for this time is stuck: whatever it waits for has a deadline far below. */
export const MAX_SILENCE_MS = 5 * 60_000;

/** Looks at a round in the time that it may be silent. A process that stood still has missed all but one. */
const LOOKS = 10;
/** Looks that a round has to end by itself when its signal has aborted. */
const GRACE_LOOKS = 1;

export type RoundStanding = "going" | "stuck" | "abandoned";

/** @param silentLooks Looks in a row without a sign of life. */
export function judgeRound(silentLooks: number): RoundStanding {
  if (silentLooks < LOOKS) return "going";
  return silentLooks < LOOKS + GRACE_LOOKS ? "stuck" : "abandoned";
}

export interface RoundWatch extends Disposable {
  /** Aborts with the one that was given, and when the round is stuck. */
  signal: AbortSignal;
  /** Says that the round goes on. */
  goesOn(): void;
  isStuck(): boolean;
  /** Rejects when the round has not ended by then: it goes on without anybody who waits for it. */
  abandoned: Promise<never>;
}

/** @param maxSilenceMs Infinity: for a round that waits without end by its nature. */
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
