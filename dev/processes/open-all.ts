/**
 * Like Promise.all, but returns only when none of the work goes on: whoever cleans up after a
 * failure then knows of everything that was opened.
 *
 * @param onFailure Called at the first failure, to make the rest give up.
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
