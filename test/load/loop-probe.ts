import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";

// The fleet preloads this module, which measures how long the fleet's event loop is blocked. The
// module writes the longest time into LOOP_PROBE_FILE. When a test deletes that file, the
// measurement begins again. While the loop is blocked, only the CPU time that the process uses
// counts, because on a busy machine the process may also have to wait for a processor.
const TICK_MS = 10;
/** Shorter times are ignored. */
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
