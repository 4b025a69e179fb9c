import { assignOwners, hashName } from "../fleet/roster/rendezvous.ts";
import { machine, spread } from "./figures.ts";

const SIZES = [
  [100_000, 100],
  [1_000_000, 100],
] as const;
const ROUNDS = 21;

/**
 * Measures how long it takes to assign all users to the instances of a fleet: for the first time,
 * and after an instance joined or left.
 */
export function benchAssignment(): void {
  console.log(`assignment, on ${machine()} (Node ${process.versions.node})`);
  for (const [users, instances] of SIZES) {
    const keys = Uint32Array.from({ length: users }, (_, i) => hashName(`usr_${i}`));
    const bins = Array.from({ length: instances + 1 }, (_, i) => ({
      id: `ins_${i}`,
      capacity: users,
    }));
    const fewer = bins.slice(0, instances);
    const known = assignOwners(keys, fewer);
    const all = assignOwners(keys, bins);
    console.log(`  ${users} users, ${instances} instances`);
    console.log(`    from nothing: ${spread(times(() => assignOwners(keys, fewer)))}`);
    console.log(`    one joins:    ${spread(times(() => assignOwners(keys, bins, known)))}`);
    console.log(`    one leaves:   ${spread(times(() => assignOwners(keys, fewer, all)))}`);
  }
  console.log(`  ${Math.round(process.memoryUsage().rss / 2 ** 20)} MiB resident`);
}

function times(work: () => unknown): number[] {
  return Array.from({ length: ROUNDS }, () => {
    const startMs = performance.now();
    work();
    return performance.now() - startMs;
  });
}
