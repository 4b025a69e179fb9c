import { setTimeout as delay } from "node:timers/promises";
import { machine, readUsage } from "./figures.ts";
import { startWatchedStack } from "./many-users.ts";

/**
 * Measures how long a fleet takes to watch `count` users: after its start, and after the mail
 * server has dropped all connections at once.
 */
export async function benchConnect(count: number): Promise<void> {
  await using watched = await startWatchedStack(count);
  const { server, stack } = watched;
  const { fleet } = stack.programs;
  console.log(`connect, on ${machine()}: one Bun process, ${count} users on TLS`);
  console.log(
    `  start to all watching: ${(watched.startMs / 1_000).toFixed(1)} s, ${(readUsage(fleet.pid).cpuMs / count).toFixed(1)} ms of the fleet's CPU for each user`,
  );
  while (server.idleCount() < count) await delay(50);
  const before = readUsage(fleet.pid);
  const logins = server.loginCount();
  const startedMs = performance.now();
  server.disconnectAll();
  while (server.loginCount() < logins + count || server.idleCount() < count) await delay(50);
  const tookS = (performance.now() - startedMs) / 1_000;
  const cpuMs = readUsage(fleet.pid).cpuMs - before.cpuMs;
  console.log(
    `  all connections dropped, to all in IDLE again: ${tookS.toFixed(1)} s, ${(cpuMs / count).toFixed(1)} ms of CPU for each user`,
  );
}
