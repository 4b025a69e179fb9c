import { existsSync, writeFileSync } from "node:fs";
import process from "node:process";

// Loaded before the fleet: writes down how long its event loop stood at worst since the file was deleted. Time in
// which the process had no processor is no standstill of its own: no more counts than what it worked meanwhile.
const TICK_MS = 10;
/** Not worth a look at the file. */
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
