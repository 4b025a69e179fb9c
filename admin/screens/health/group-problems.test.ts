import { expect, test } from "vitest";
import { groupProblems } from "./group-problems.ts";
import type { ShownProblem } from "./health-answer.ts";

const problem = (subject: string, more: Partial<ShownProblem> = {}): ShownProblem => ({
  key: `EndpointSlow/${subject}`,
  name: "EndpointSlow",
  urgency: "ticket",
  cause: "",
  effect: "",
  advice: "",
  since: null,
  href: "",
  runbook: "",
  mark: null,
  ...more,
});

test("of many problems of one kind, three are shown first", () => {
  const five = ["a", "b", "c", "d", "e"].map((subject) => problem(subject));
  const one = problem("f", { name: "BreakerOpen" });
  const { groups } = groupProblems([...five, one]);
  expect(groups.map(({ first, others }) => [first.length, others.length])).toEqual([
    [3, 2],
    [1, 0],
  ]);
});

test("muted problems are kept apart, acknowledged ones are not", () => {
  const mark = { by: "Ada", at: "", until: null };
  const { groups, muted } = groupProblems([
    problem("a", { mark: { ...mark, kind: "muted" } }),
    problem("b", { mark: { ...mark, kind: "acknowledged" } }),
  ]);
  expect(muted.map(({ key }) => key)).toEqual(["EndpointSlow/a"]);
  expect(groups).toHaveLength(1);
});
