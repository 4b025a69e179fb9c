import { expect, test } from "vitest";
import { describeDetails, describeFreezes } from "./describe-freeze.ts";
import type { FreezeReport, GroupFigures } from "./freeze-report.ts";
import { judgeFreeze } from "./judge-freeze.ts";
import { GROUPS, type Group, PARTIES, TRAITS } from "./party.ts";

const FIGURES: Omit<GroupFigures, "group"> = {
  sent: 240,
  delivered: 240,
  latency: { p50Ms: 40, p99Ms: 200, maxMs: 400 },
  logins: 0,
  longestGapMs: 0,
  lost: 0,
  doubled: 0,
};
const STILL = { delivered: 0, latency: { p50Ms: 60_000, p99Ms: 119_000, maxMs: 120_000 } };

const report = (
  differing: Partial<FreezeReport> = {},
  figures: Partial<Record<Group, Partial<GroupFigures>>> = {},
): FreezeReport => ({
  party: "mail",
  frozenMs: 120_000,
  groups: GROUPS.map((group) => ({
    ...FIGURES,
    ...(group === "elsewhere" && { ...STILL, logins: 10, longestGapMs: 90_000 }),
    ...figures[group],
    group,
  })),
  recoveryMs: 9_000,
  missing: null,
  sent: 1_200,
  wrong: { "Wrong signatures": 0 },
  authFailed: 0,
  errors: {},
  load: [1, 2],
  ...differing,
});

test("a freeze that affects only dependent groups passes", () => {
  expect(judgeFreeze(report())).toEqual([]);
});

test("users with tokens log in again and again, and are good while that takes a moment", () => {
  const tokens = { logins: 40, longestGapMs: 900 };
  expect(judgeFreeze(report({}, { tokens }))).toEqual([]);
});

test("requests that a frozen endpoint received but did not answer may be repeated", () => {
  const own = report(
    { party: "webhook" },
    { elsewhere: FIGURES, hooked: { ...STILL, doubled: 30 } },
  );
  expect(judgeFreeze(own)).toEqual([]);
});

test.each<[string, Partial<FreezeReport>, Partial<Record<Group, Partial<GroupFigures>>>, string]>([
  ["a mail that is lost", {}, { elsewhere: { ...STILL, lost: 1 } }, "elsewhere, lost: found 1"],
  ["a login of a bystander", {}, { steady: { logins: 1 } }, "steady, logins: found 1"],
  [
    "a bystander who was not watched",
    {},
    { tokens: { logins: 9, longestGapMs: 9_000 } },
    "tokens, longest time without a session: found 9000",
  ],
  [
    "a bystander's mail that is late",
    {},
    { steady: { latency: { p50Ms: 40, p99Ms: 200, maxMs: 5_001 } } },
    "steady, longest: found 5001",
  ],
  [
    "bystanders' mail that is slow",
    {},
    { hooked: { latency: { p50Ms: 1_001, p99Ms: 2_000, maxMs: 3_000 } } },
    "hooked, median: found 1001",
  ],
  [
    "a bystander without any mail",
    {},
    { steady: { latency: null } },
    "steady, delivered meanwhile",
  ],
  ["too many that come again", {}, { steady: { doubled: 5 } }, "steady, came again: found 5"],
  ["a slow recovery", { recoveryMs: 150_001 }, {}, "Recovery: found after 150001 ms"],
  [
    "none",
    { recoveryMs: null, missing: "2 users of elsewhere are not watched" },
    {},
    "not at all (2 users of elsewhere are not watched)",
  ],
  ["a wrong signature", { wrong: { "Wrong signatures": 2 } }, {}, "Wrong signatures: found 2"],
  ["a user called wrong", { authFailed: 3 }, {}, "credentials were called wrong: found 3"],
])("%s is a fault", (_name, differing, figures, wanted) => {
  const faults = judgeFreeze(report(differing, figures));
  expect(faults).toHaveLength(1);
  expect(faults[0]).toContain(wanted);
});

test("a row shows which groups stopped and which did not", () => {
  const [, , row] = describeFreezes([report()]).split("\n");
  expect(row).toBe(
    "| one of two mail servers, for 120 s | 1200 | 720 of 720 | 40 ms / 200 ms / 400 ms | elsewhere (0 of 240) | 9000 ms | 0 | 0 | 1.0 to 2.0 |",
  );
});

test("the row shows when all groups depend on the party", () => {
  expect(describeFreezes([report({ party: "nats" })])).toContain("| all depend on it |");
});

test("logged errors are named", () => {
  expect(describeDetails(report({ errors: { "fleet.broken": 2 } }))).toContain(
    "  logged as errors: fleet.broken 2",
  );
});

test("each party has a bound that a run can reach", () => {
  for (const party of PARTIES) expect(TRAITS[party].recoveryMs).toBeGreaterThanOrEqual(30_000);
});
