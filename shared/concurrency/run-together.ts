/**
 * A function that runs until its signal aborts. It resolves when it is stopped, and rejects when it
 * breaks.
 */
export type Service = (signal: AbortSignal) => Promise<void>;

/**
 * Runs services side by side. When a service breaks, the other services are stopped first. After
 * that, the call rejects with the error of the broken service.
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
