/**
 * Returns a signal that aborts when this process must end: by Ctrl-C, by the system, by a closed
 * terminal, or because its parent script has ended.
 *
 * @param onInsist Called at every further request to end.
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
