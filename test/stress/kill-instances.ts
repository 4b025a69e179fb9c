import { setTimeout as delay } from "node:timers/promises";
import type { Program } from "../../dev/processes/program.ts";

export interface Kill {
  instance: string;
  /** On the clock of `performance.now()`. */
  atMs: number;
}

const MIN_DOWN_MS = 200;
const MAX_DOWN_MS = 6_000;

/**
 * Kills one of the living instances again and again, and starts each some time later: sooner than
 * the others notice, or after they have taken its users over. Returns after the signal, when all of
 * them live again.
 *
 * @param random Uniform in [0, 1).
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
    // It is awaited at the end, and an instance that does not come back stays out until then.
    restarted.catch(() => undefined);
    void restarted.then(
      () => down.delete(name),
      () => undefined,
    );
    down.set(name, restarted);
  }
  await Promise.all(down.values());
}
