import { useState } from "preact/hooks";
import { Pager } from "../../parts/lists/pager.tsx";
import type { CursorPage } from "../../parts/lists/use-cursor.ts";
import { LetterDialog } from "./letter-dialog.tsx";
import type { Letter, LetterQuery } from "./letter-query.ts";
import { LetterTable } from "./letter-table.tsx";
import type { LetterTask } from "./letter-task.ts";
import { type LetterCounts, LetterToolbar } from "./letter-toolbar.tsx";

interface LetterListProps {
  found: { letters: readonly Letter[]; next_cursor: string | null; counts: LetterCounts };
  query: LetterQuery;
  page: CursorPage;
  onChanged(): void;
}

/** Shows one page of letters, with their actions. */
export function LetterList({ found, query, page, onChanged }: LetterListProps) {
  const { letters, counts, next_cursor } = found;
  const [ids, setIds] = useState<ReadonlySet<string>>(new Set());
  const [task, setTask] = useState<LetterTask | null>(null);
  const choose = (id: string, isChosen: boolean) => {
    const next = new Set(ids);
    if (isChosen) next.add(id);
    else next.delete(id);
    setIds(next);
  };
  const chooseAll = (isChosen: boolean) =>
    setIds(new Set(isChosen ? letters.map(({ id }) => id) : []));
  const finish = () => {
    setIds(new Set());
    onChanged();
  };
  return (
    <>
      <LetterToolbar
        letters={letters}
        // `ids` may contain the ids of letters that are no longer on the page.
        chosen={letters.filter(({ id }) => ids.has(id))}
        query={query}
        counts={counts}
        onChooseAll={chooseAll}
        onTask={setTask}
      />
      <LetterTable letters={letters} chosen={ids} onChoose={choose} onTask={setTask} />
      <Pager onFirst={page.first} onPrevious={page.previous} onNext={page.next(next_cursor)} />
      {task && <LetterDialog task={task} onClose={() => setTask(null)} onDone={finish} />}
    </>
  );
}
