import { expect, test } from "vitest";
import { renewalAtMs } from "./renewal.ts";

const HOUR_MS = 3_600_000;
const MARGIN_MS = 300_000;

const cases: [name: string, lifetimeMs: number, random: number, afterMs: number][] = [
  ["five minutes before the end", HOUR_MS, 0, HOUR_MS - MARGIN_MS],
  ["up to six minutes before the end", HOUR_MS, 1, HOUR_MS - 360_000],
  ["in the middle of a short life", 4_000, 0.5, 2_000],
];

test.each(cases)("a new session begins %s", (_name, lifetimeMs, random, afterMs) => {
  const token = { nowMs: 1_000, lifetimeMs, marginMs: MARGIN_MS };
  expect(renewalAtMs(token, () => random)).toBe(1_000 + afterMs);
});
