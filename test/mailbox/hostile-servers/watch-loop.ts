/** Measures how long the event loop of this process is blocked. */
export interface LoopWatch extends Disposable {
  /** The longest time so far, in ms. */
  longestStallMs(): number;
}

const TICK_MS = 5;

/**
 * Measures how long the event loop is blocked, until disposed. Only this process's CPU time counts,
 * not the time in which the machine runs other processes.
 */
export function watchLoop(): LoopWatch {
  let longestMs = 0;
  let lastMs = performance.now();
  let cpuBefore = process.cpuUsage();
  const timer = setInterval(() => {
    const nowMs = performance.now();
    const { user, system } = process.cpuUsage(cpuBefore);
    longestMs = Math.max(longestMs, Math.min(nowMs - lastMs, (user + system) / 1_000));
    lastMs = nowMs;
    cpuBefore = process.cpuUsage();
  }, TICK_MS);
  return {
    longestStallMs: () => longestMs,
    [Symbol.dispose]: () => clearInterval(timer),
  };
}
