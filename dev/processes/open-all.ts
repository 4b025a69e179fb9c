/**
 * Like Promise.all, but settles only after all the work has settled, so that a cleanup after a
 * failure knows everything that was opened.
 *
 * @param onFailure Called at the first failure, to stop the rest.
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
