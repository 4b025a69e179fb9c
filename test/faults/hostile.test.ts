import { expect, test } from "vitest";
import { runHostile } from "../soak/hostile/run-hostile.ts";

test(
  "sixty users of a hostile mail server hold up nobody, cost little memory, and end in states with reasons",
  { timeout: 180_000 },
  async () => {
    const report = await runHostile(
      { users: 100, hostile: 60, ratePerS: 10, seconds: 15 },
      console.log,
    );
    console.log(report);
    expect(report.delivered).toBe(report.sent);
    expect(report.connections).toBeGreaterThan(60);
    expect(report.attacked.maxRssMib - report.quiet.maxRssMib).toBeLessThan(50);
    expect(report.attacked.p99Ms).toBeLessThan(1_000);
    expect(Object.keys(report.states).filter((state) => state.startsWith("watching"))).toEqual([]);
  },
);
