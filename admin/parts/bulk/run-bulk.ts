/** The items of an action on many, and what became of them so far. */
export interface BulkProgress {
  total: number;
  done: number;
  failed: number;
  /** Why the first item failed; null while none has failed. */
  firstFault: string | null;
}

interface BulkDeps {
  perform(id: string): Promise<void>;
  onProgress(progress: BulkProgress): void;
  /** Returns the message of an error of `perform()`. Throws to end the whole action. */
  explain(error: unknown): string;
}

/** How many items are changed at the same time. More would take the database from other requests. */
const AT_ONCE = 4;

/**
 * Performs an action on each of these items. An item that fails does not stop the others. Stops
 * early when `signal` aborts.
 */
export async function runBulk(
  { perform, onProgress, explain }: BulkDeps,
  ids: readonly string[],
  signal: AbortSignal,
): Promise<BulkProgress> {
  let progress: BulkProgress = { total: ids.length, done: 0, failed: 0, firstFault: null };
  const waiting = [...ids];
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined && !signal.aborted; id = waiting.shift()) {
      try {
        await perform(id);
        progress = { ...progress, done: progress.done + 1 };
      } catch (error) {
        const firstFault = progress.firstFault ?? explain(error);
        progress = { ...progress, failed: progress.failed + 1, firstFault };
      }
      onProgress(progress);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return progress;
}

/** Describes a result, such as `12 of 14 users done, 2 failed: Cannot find the user`. */
export function describeBulk(
  { total, done, failed, firstFault }: BulkProgress,
  unit: string,
): string {
  const fault = failed > 0 ? `, ${failed} failed: ${firstFault}` : "";
  return `${done} of ${total} ${unit} done${fault}`;
}
