import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";

// The fleet preloads this module, which measures how long the event loop is blocked.
// LOOP_PROBE_FILE contains the longest time. Deleting the file starts the measurement again. While
// the loop is blocked, only CPU time counts: on a busy machine, the process may also wait for a
// processor.
const TICK_MS = 10;
/** The shortest block of the event loop that is recorded, in milliseconds. */
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
