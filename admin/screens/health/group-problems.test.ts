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
  list_href: "/admin/partners?trouble=endpoint_slow",
  runbook: "",
  mark: null,
  ...more,
});

test("of many problems of one kind, three are shown first, with a link to all", () => {
  const five = ["a", "b", "c", "d", "e"].map((subject) => problem(subject));
  const one = problem("f", { name: "BreakerOpen" });
  const { groups } = groupProblems([...five, one]);
  const list = "/admin/partners?trouble=endpoint_slow";
  expect(
    groups.map(({ first, others, listHref }) => [first.length, others.length, listHref]),
  ).toEqual([
    [3, 2, list],
    [1, 0, null],
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
