import type { Db } from "../../../db/client.ts";
import { listKnownProblems, listMarks } from "../../../db/health/known-problems.ts";
import { readHealthFacts } from "../../../db/health/read-facts.ts";
import { findProblems } from "../../../shared/health/find-problems.ts";
import { toProblemKey } from "../../../shared/health/problem.ts";
import { showProblem } from "./show-problem.ts";

/** How many problems an answer contains at most. `open` counts all. */
const MAX_SHOWN = 200;

/** Evaluates the health model now, and returns the facts and the problems to show. */
export async function readHealth(db: Db) {
  const facts = await readHealthFacts(db);
  const found = findProblems(facts);
  const known = new Map((await listKnownProblems(db)).map((one) => [one.key, one]));
  const marks = new Map((await listMarks(db)).map((mark) => [mark.key, mark]));
  const problems = found.slice(0, MAX_SHOWN).map((problem) => {
    const key = toProblemKey(problem);
    return showProblem(problem, known.get(key), marks.get(key));
  });
  return {
    facts,
    shown: {
      as_of: new Date(facts.nowMs).toISOString(),
      problems,
      /** How many problems somebody should look at: neither marked nor mere information. */
      open: found.filter(
        (problem) => problem.urgency !== "info" && !marks.has(toProblemKey(problem)),
      ).length,
    },
  };
}
