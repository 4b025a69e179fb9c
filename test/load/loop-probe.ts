import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";

// Preloaded into the fleet: writes the longest time that its event loop was blocked since the file
// was deleted. Time without a processor does not count: of each pause, only the CPU time of the
// process counts.
const TICK_MS = 10;
/** The shortest time that is recorded. For a shorter time, the file is not checked. */
const MIN_MS = 20;
const file = process.env["LOOP_PROBE_FILE"] ?? "loop-probe";
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
};
let worstMs = 0;
let lastMs = performance.now();
let lastCpuMs = cpuMs();

setInterval(() => {
  const [nowMs, nowCpuMs] = [performance.now(), cpuMs()];
  const stoodMs = Math.min(nowMs - lastMs - TICK_MS, nowCpuMs - lastCpuMs);
  lastMs = nowMs;
  lastCpuMs = nowCpuMs;
  if (stoodMs < MIN_MS) return;
  if (existsSync(file) && stoodMs <= worstMs) return;
  worstMs = stoodMs;
  writeFileSync(file, String(Math.round(worstMs)));
}, TICK_MS).unref();
