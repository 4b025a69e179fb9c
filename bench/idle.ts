import { setTimeout as delay } from "node:timers/promises";
import { machine, readUsage } from "./figures.ts";
import { startWatchedStack } from "./many-users.ts";

/** As long as LOOK_INTERVAL, so that the server is asked for mail once for each user. */
const WINDOW_MS = 120_000;
const SETTLE_MS = 10_000;

/**
 * Measures how much memory one Bun process needs to watch `count` users. Each user has its own TLS
 * connection in IDLE.
 */
export async function benchIdle(count: number): Promise<void> {
  await using watched = await startWatchedStack(count);
  const { fleet } = watched.stack.programs;
  await delay(SETTLE_MS);
  const before = readUsage(fleet.pid);
  await delay(WINDOW_MS);
  const { cpuMs, rssMib } = readUsage(fleet.pid);

  const kib = (rssMib * 1_024) / count;
  const aboveKib = ((rssMib - watched.emptyMib) * 1_024) / count;
  const share = ((cpuMs - before.cpuMs) / WINDOW_MS) * 100;
  console.log(`idle, on ${machine()}: one Bun process, ${count} users on TLS in IDLE`);
  console.log(
    `  ${Math.round(rssMib)} MiB resident, ${kib.toFixed(0)} KiB a user, ${Math.floor(2 ** 20 / kib)} users a GiB`,
  );
  console.log(
    `  without users: ${Math.round(watched.emptyMib)} MiB; above that ${aboveKib.toFixed(0)} KiB a user`,
  );
  console.log(
    `  start to all watching: ${(watched.startMs / 1_000).toFixed(1)} s; idle: ${share.toFixed(1)} % of a core`,
  );
}
