/**
 * Returns the CPU time of this thread in ms. Node before 23.9 cannot measure it, so there this
 * function returns the elapsed time.
 */
export function cpuMs(): number {
  const ask: typeof process.threadCpuUsage | undefined = process.threadCpuUsage;
  if (ask === undefined) return performance.now();
  const { user, system } = ask.call(process);
  return (user + system) / 1_000;
}
