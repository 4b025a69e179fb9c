/**
 * Like Promise.all, but settles only after all promises have settled. So after a failure, the
 * caller can clean up everything that was opened.
 *
 * @param onFailure Called at the first failure, to stop the other work.
 */
export async function openAll<const T extends readonly Promise<unknown>[]>(
  work: T,
  onFailure: (reason: unknown) => void,
): Promise<{ -readonly [K in keyof T]: Awaited<T[K]> }> {
  const all = Promise.all(work);
  all.catch(onFailure);
  await Promise.allSettled(work);
  return await all;
}
