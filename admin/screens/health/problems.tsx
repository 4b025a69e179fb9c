import { api, done } from "../../api/client.ts";
import { useAction } from "../../parts/use-action.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { useSession } from "../../session/session.tsx";
import { groupProblems } from "./group-problems.ts";
import type { ShownProblem } from "./health-answer.ts";
import { ProblemNote } from "./problem-note.tsx";

interface ProblemsProps {
  problems: readonly ShownProblem[];
  /** Called after a problem was acknowledged or muted. */
  onMarked(): void;
}

/** Lists the problems, most urgent first. Of many of one kind, the first are shown. */
export function Problems({ problems, onMarked }: ProblemsProps) {
  const { defaultPassword } = useSession();
  const { run, failure } = useAction();
  // If the signed-in admin has the default password, `Frame` already shows this problem.
  const shown = problems.filter(({ name }) => name !== "DefaultPassword" || !defaultPassword);
  const { groups, muted } = groupProblems(shown);
  const mark = (key: string, hours?: number) =>
    void run(async () => {
      const kind = hours === undefined ? "acknowledged" : "muted";
      await done(api.health.marks.$post({ json: { key, kind, ...(hours && { hours }) } }));
      onMarked();
    });
  const unmark = (key: string) =>
    void run(async () => {
      await done(api.health.marks.$delete({ query: { key } }));
      onMarked();
    });
  const note = (problem: ShownProblem) => (
    <ProblemNote key={problem.key} problem={problem} onMark={mark} onUnmark={unmark} />
  );
  return (
    <section class="problems" aria-label="Problems">
      {failure && <FailureNote failure={failure} />}
      {groups.map(({ name, first, others, listHref }) => (
        <div key={name}>
          {first.map(note)}
          {others.length > 0 && (
            <details>
              <summary>{others.length} more of this kind</summary>
              {others.map(note)}
            </details>
          )}
          {listHref && (
            <p class="all-problems">
              <a href={listHref}>Show all {first.length + others.length} in a list</a>
            </p>
          )}
        </div>
      ))}
      {muted.length > 0 && (
        <details>
          <summary>
            {muted.length} muted {muted.length === 1 ? "problem" : "problems"}
          </summary>
          {muted.map(note)}
        </details>
      )}
    </section>
  );
}
