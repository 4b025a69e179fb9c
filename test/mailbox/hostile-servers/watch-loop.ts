/** Measures how long the event loop of this process is blocked. */
export interface LoopWatch extends Disposable {
  /** The longest time so far, in ms. */
  longestStallMs(): number;
}

const TICK_MS = 5;

/**
 * Watches the event loop until disposed. Of the time in which the loop is blocked, only the CPU
 * time of this process counts. So time in which the machine runs other processes is not a stall.
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
