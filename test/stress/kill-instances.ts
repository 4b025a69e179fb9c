import { setTimeout as delay } from "node:timers/promises";
import type { Program } from "../../dev/processes/program.ts";

export interface Kill {
  instance: string;
  /** In ms of `performance.now()`. */
  atMs: number;
}

const MIN_DOWN_MS = 200;
const MAX_DOWN_MS = 6_000;

/**
 * Kills one running instance after another, and restarts each after a random time: before or after
 * the other instances notice its death. When `signal` has aborted, returns once all instances run
 * again.
 *
 * @param random Returns numbers from 0 (inclusive) to 1 (exclusive).
 */
export async function killInstances(
  instances: ReadonlyMap<string, Program>,
  { everyMs, random }: { everyMs: number; random: () => number },
  onKill: (kill: Kill) => void,
  signal: AbortSignal,
): Promise<void> {
  const down = new Map<string, Promise<void>>();
  for (;;) {
    const pauseMs = everyMs * (0.5 + random());
    const [whom, downMs] = [random(), MIN_DOWN_MS + random() * (MAX_DOWN_MS - MIN_DOWN_MS)];
    await delay(pauseMs, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const living = [...instances].filter(([name]) => !down.has(name));
    const [name, program] = living[Math.floor(whom * living.length)] ?? [];
    if (name === undefined || program === undefined) continue;
    onKill({ instance: name, atMs: performance.now() });
    await program.stop("SIGKILL");
    const restart = async () => {
      await delay(downMs, undefined, { signal }).catch(() => undefined);
      await program.start();
    };
    const restarted = restart();
    // Prevents an unhandled rejection while the loop continues. `Promise.all()` below waits for the
    // restart, and throws the error if the restart failed.
    restarted.catch(() => undefined);
    void restarted.then(
      () => down.delete(name),
      () => undefined,
    );
    down.set(name, restarted);
  }
  await Promise.all(down.values());
}
