import { benchDelivery } from "./delivery.ts";

const BENCHMARKS: Record<string, () => Promise<void>> = { delivery: benchDelivery };

const [name = ""] = process.argv.slice(2);
const bench = BENCHMARKS[name];
if (!bench) {
  console.error(`Usage: npm run bench -- ${Object.keys(BENCHMARKS).join(" | ")}`);
  process.exit(1);
}
await bench();
process.exit(0);
