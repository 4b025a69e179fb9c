import { useMay } from "../../session/use-may.ts";
import type { InferResponseType } from "hono/client";
import type { api } from "../../api/client.ts";
import type { Letter, LetterChoice, LetterQuery } from "./letter-query.ts";
import { isRedeliverable } from "./letter-state-badge.tsx";
import { lettersInWords, type LetterTask } from "./letter-task.ts";

export type LetterCounts = InferResponseType<(typeof api)["dead-letters"]["counts"]["$get"], 200>;

interface LetterToolbarProps {
  /** The letters on this page. */
  letters: readonly Letter[];
  chosen: readonly Letter[];
  query: LetterQuery;
  /** The number of letters in each state. All filters apply, except the filter for the state. */
  counts: LetterCounts;
  onChooseAll(isChosen: boolean): void;
  onTask(task: LetterTask): void;
}

/**
 * Shows the actions on the selected letters. When none is selected, the actions apply to all
 * letters that match the filters.
 */
export function LetterToolbar({ letters, chosen, query, counts, ...on }: LetterToolbarProps) {
  const choice: LetterChoice =
    chosen.length > 0
      ? { kind: "chosen", ids: chosen.map(({ id }) => id) }
      : { kind: "matching", query };
  const { all, waiting } = matching(counts, query);
  const count = chosen.length > 0 ? chosen.length : all;
  const again = chosen.length > 0 ? chosen.filter(isRedeliverable).length : waiting;
  const which = choice.kind === "chosen" ? "chosen" : "all";
  const may = useMay();
  if (!may("support")) return null;
  return (
    <div class="toolbar">
      <label>
        <input
          type="checkbox"
          checked={chosen.length === letters.length}
          onChange={(event) => on.onChooseAll(event.currentTarget.checked)}
        />
        All on this page
      </label>
      <span class="muted">
        {lettersInWords(count)} {choice.kind === "chosen" ? "chosen" : "in all"}
      </span>
      <button
        type="button"
        class="small secondary"
        disabled={again === 0}
        onClick={() => on.onTask({ action: "redeliver", choice, count: again })}
      >
        Redeliver {which}
      </button>
      {may("operator") && (
        <button
          type="button"
          class="small secondary outline"
          onClick={() => on.onTask({ action: "delete", choice, count })}
        >
          Delete {which}
        </button>
      )}
    </div>
  );
}

function matching(
  { waiting, requested, redelivered }: LetterCounts,
  { state }: LetterQuery,
): { all: number; waiting: number } {
  switch (state) {
    case undefined:
      return { all: waiting + requested + redelivered, waiting };
    case "waiting":
      return { all: waiting, waiting };
    case "requested":
      return { all: requested, waiting: 0 };
    case "redelivered":
      return { all: redelivered, waiting: 0 };
  }
}
