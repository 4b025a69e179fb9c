/**
 * Waits for an answer. Rejects after `timeoutMs`, but does not cancel the call. Used for calls of
 * the NATS client that may never end.
 */
export async function withDeadline<T>(
  answer: Promise<T>,
  timeoutMs: number,
  what: string,
): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => late.reject(new Error(`Cannot ${what}: NATS does not answer within ${timeoutMs} ms`)),
    timeoutMs,
  );
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
