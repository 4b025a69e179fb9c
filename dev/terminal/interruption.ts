/**
 * Returns a signal that aborts on Ctrl-C (SIGINT), SIGTERM or SIGHUP, or when the parent script has
 * ended.
 *
 * @param onInsist Called for each further signal.
 */
export function untilInterrupted(onInsist: () => void): AbortSignal {
  const interruption = new AbortController();
  const interrupt = () => {
    if (interruption.signal.aborted) onInsist();
    interruption.abort();
  };
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  process.once("disconnect", () => interruption.abort());
  return interruption.signal;
}
