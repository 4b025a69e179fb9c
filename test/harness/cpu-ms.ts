/** The CPU time of this thread; on Node before 23.9, which cannot tell it, the time of the clock. */
export function cpuMs(): number {
  const ask: typeof process.threadCpuUsage | undefined = process.threadCpuUsage;
  if (ask === undefined) return performance.now();
  const { user, system } = ask.call(process);
  return (user + system) / 1_000;
}
