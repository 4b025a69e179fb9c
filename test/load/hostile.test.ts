import { expect, test } from "vitest";
import { runHostile } from "../soak/hostile/run-hostile.ts";

/**
 * The maximum growth of the instance's memory, in MiB. A busy process varies by tens of MiB.
 * Without limits, it grew by gigabytes.
 */
const MOST_MIB = 150;

test(
  "sixty users of a hostile mail server cost little memory, hold up no mail of others, and get a reason",
  { timeout: 180_000 },
  async () => {
    const report = await runHostile(
      { users: 100, hostile: 60, ratePerS: 10, seconds: 12 },
      console.log,
    );
    expect(report.sent).toBeGreaterThan(100);
    expect(report.delivered).toBe(report.sent);
    expect(report.attacked.maxRssMib - report.quiet.maxRssMib).toBeLessThan(MOST_MIB);
    const reasons = Object.keys(report.states).map((state) => state.split(": ")[1]);
    expect(reasons).toContain("server_sent_too_much");
  },
);
