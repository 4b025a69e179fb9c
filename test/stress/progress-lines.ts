import { setTimeout as delay } from "node:timers/promises";

export interface StressProgress {
  elapsedMs: number;
  sent: number;
  /** The number of different mails that were delivered. */
  arrived: number;
  kills: number;
  lies: number;
  connections: number;
}

const INTERVAL_MS = 5_000;

/** Prints the progress every 5 s until the signal aborts. */
export async function reportProgress(
  say: (line: string) => void,
  ask: () => StressProgress,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    await delay(INTERVAL_MS, undefined, { signal }).catch(() => undefined);
    if (!signal.aborted) say(describeProgress(ask()));
  }
}

function describeProgress(progress: StressProgress): string {
  const { elapsedMs, sent, arrived, kills, lies, connections } = progress;
  const seconds = Math.round(elapsedMs / 1_000);
  const clock = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  return `${clock.padStart(5)}  sent ${sent}, arrived ${arrived}, connections ${connections}, kills ${kills}, lies ${lies}`;
}
