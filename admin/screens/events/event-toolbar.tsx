import { useState } from "preact/hooks";
import { api, readBlob } from "../../api/client.ts";
import { FailureNote } from "../../parts/failure-note.tsx";
import { countInWords } from "../../parts/lists/total.tsx";
import { saveBlob } from "../../parts/save-blob.ts";
import { useAction } from "../../parts/use-action.ts";
import type { EventQuery } from "./event-query.ts";
import type { EventRow } from "./event-columns.tsx";
import { ResendDialog } from "./resend/resend-dialog.tsx";

interface EventToolbarProps {
  query: EventQuery;
  chosen: readonly EventRow[];
  /** The number of events on this page. */
  count: number;
  total: { count: number; is_more: boolean };
  /** Null where the list does not follow new events. */
  live: { isPaused: boolean; setPaused(isPaused: boolean): void } | null;
  onChooseAll(areChosen: boolean): void;
  onChanged(): void;
}

/** Shows the actions on a list of events. */
export function EventToolbar({ query, chosen, count, total, live, ...on }: EventToolbarProps) {
  const [isAsking, setAsking] = useState(false);
  const saving = useAction();
  const save = () =>
    void saving.run(async () =>
      saveBlob(await readBlob(api["events.csv"].$get({ query })), "events.csv"),
    );
  return (
    <>
      <div class="toolbar">
        <label>
          <input
            type="checkbox"
            checked={count > 0 && chosen.length === count}
            disabled={count === 0}
            onChange={(event) => on.onChooseAll(event.currentTarget.checked)}
          />
          All on this page
        </label>
        <span class="muted">
          {chosen.length > 0
            ? `${chosen.length} chosen`
            : `${countInWords(total, { one: "event", many: "events" })} in all`}
        </span>
        <button
          type="button"
          class="small secondary"
          disabled={chosen.length === 0}
          onClick={() => setAsking(true)}
        >
          {chosen.length === 0 ? "Resend" : `Resend ${chosen.length}`}
        </button>
        <button
          type="button"
          class="small secondary outline"
          aria-busy={saving.isBusy}
          onClick={save}
        >
          Download CSV
        </button>
        {live && (
          <button
            type="button"
            class="small secondary outline"
            onClick={() => live.setPaused(!live.isPaused)}
          >
            {live.isPaused ? "Follow new events" : "Pause live updates"}
          </button>
        )}
      </div>
      {saving.failure && <FailureNote failure={saving.failure} onRetry={save} />}
      {isAsking && (
        <ResendDialog
          ids={chosen.map(({ id }) => id)}
          onClose={() => setAsking(false)}
          onDone={on.onChanged}
        />
      )}
    </>
  );
}
