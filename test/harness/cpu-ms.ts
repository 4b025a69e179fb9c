/**
 * Returns the CPU time of this thread; the wall-clock time on Node before 23.9, which has no API
 * for it.
 */
export function cpuMs(): number {
  const ask: typeof process.threadCpuUsage | undefined = process.threadCpuUsage;
  if (ask === undefined) return performance.now();
  const { user, system } = ask.call(process);
  return (user + system) / 1_000;
}
