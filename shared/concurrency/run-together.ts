/**
 * A function that runs until its signal aborts. It resolves when it is stopped, and rejects when it
 * fails.
 */
export type Service = (signal: AbortSignal) => Promise<void>;

/**
 * Runs services at the same time. When a service fails, the other services are stopped first. Then
 * the call rejects with the error of the failed service.
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
