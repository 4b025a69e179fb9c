import type { HealthMark, KnownProblem } from "../../../db/health/known-problems.ts";
import { type HealthProblem, toProblemKey, toRunbookPath } from "../../../shared/health/problem.ts";

/** Shows a problem as the admin API returns it. */
export function showProblem(
  problem: HealthProblem,
  known: Pick<KnownProblem, "since"> | undefined,
  mark: HealthMark | undefined,
) {
  const sinceMs = problem.sinceMs ?? known?.since.getTime() ?? null;
  return {
    key: toProblemKey(problem),
    name: problem.name,
    urgency: problem.urgency,
    cause: problem.cause,
    effect: problem.effect,
    advice: problem.advice,
    /** Null for a problem that was seen for the first time only now. */
    since: sinceMs === null ? null : new Date(sinceMs).toISOString(),
    href: problem.href,
    /** The list of everything that has a problem of this name; null if there is none. */
    list_href: problem.listHref ?? null,
    runbook: toRunbookPath(problem.name),
    mark: mark
      ? {
          kind: mark.kind,
          by: mark.adminName,
          at: mark.createdAt.toISOString(),
          until: mark.until?.toISOString() ?? null,
        }
      : null,
  };
}
