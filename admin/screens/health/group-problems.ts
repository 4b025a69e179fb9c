import type { ShownProblem } from "./health-answer.ts";

interface ProblemGroup {
  name: string;
  first: readonly ShownProblem[];
  others: readonly ShownProblem[];
  /** The address of the list of all of them; null for a single problem, or if there is no list. */
  listHref: string | null;
}

/** How many problems of one kind are shown at once. */
const FIRST = 3;

/** Groups problems by name and urgency, in the order of the first of each. */
export function groupProblems(problems: readonly ShownProblem[]): {
  groups: readonly ProblemGroup[];
  muted: readonly ShownProblem[];
} {
  const byName = new Map<string, ShownProblem[]>();
  const muted: ShownProblem[] = [];
  for (const problem of problems) {
    if (problem.mark?.kind === "muted") {
      muted.push(problem);
      continue;
    }
    const name = `${problem.urgency} ${problem.name}`;
    byName.set(name, [...(byName.get(name) ?? []), problem]);
  }
  const groups = [...byName].map(([name, all]) => ({
    name,
    first: all.slice(0, FIRST),
    others: all.slice(FIRST),
    listHref: all.length > 1 ? (all[0]?.list_href ?? null) : null,
  }));
  return { groups, muted };
}
