/** Runs until its signal aborts. Resolves when stopped, rejects when broken. */
export type Service = (signal: AbortSignal) => Promise<void>;

/**
 * Runs services side by side. When one breaks, the others are stopped first; then the call rejects
 * with the error of the broken one.
 */
export async function runTogether(
  services: readonly Service[],
  signal: AbortSignal,
): Promise<void> {
  const broken = new AbortController();
  const stop = AbortSignal.any([signal, broken.signal]);
  await Promise.all(
    services.map(async (service) => {
      try {
        await service(stop);
      } catch (error) {
        broken.abort(error);
      }
    }),
  );
  broken.signal.throwIfAborted();
}
