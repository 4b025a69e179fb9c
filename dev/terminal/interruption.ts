/**
 * Aborted when this process is asked to end: by Ctrl-C, by the system, by the terminal that closes,
 * or because the script that runs it is gone.
 *
 * @param onInsist Called when it is asked again.
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
