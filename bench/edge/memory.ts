import { readUsage } from "../figures.ts";

const REQUESTS = 20_000;
const STEP = 5_000;
const AT_ONCE = 10;

/**
 * Prints the resident memory of processes before 20,000 requests, after each 5,000, and after the
 * last. Memory that grows from step to step is not released.
 *
 * @param processes The ids of the processes by name.
 */
export async function showMemory(
  processes: Readonly<Record<string, readonly number[]>>,
  send: () => Promise<unknown>,
): Promise<void> {
  const rows = Object.entries(processes).map(([name, pids]) => ({
    name,
    pids,
    steps: new Array<string>(),
  }));
  const note = () => {
    for (const { pids, steps } of rows) {
      const mib = pids.reduce((sum, pid) => sum + readUsage(pid).rssMib, 0);
      steps.push(String(Math.round(mib)));
    }
  };
  note();
  for (let sent = 0; sent < REQUESTS; sent += STEP) {
    let left = STEP;
    const sendAll = async () => {
      while (left-- > 0) await send();
    };
    await Promise.all(Array.from({ length: AT_ONCE }, sendAll));
    note();
  }
  console.log(`resident memory in MiB before, and after each ${STEP} of ${REQUESTS} requests:`);
  for (const { name, steps } of rows) console.log(`  ${name}: ${steps.join(", ")}`);
}
