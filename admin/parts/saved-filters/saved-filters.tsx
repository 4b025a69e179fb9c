import { useLocation } from "preact-iso";
import { useState } from "preact/hooks";
import { api, done, parseAnswer, until } from "../../api/client.ts";
import { useAnnounce } from "../announcements.tsx";
import { FailureNote } from "../failure-note.tsx";
import { useAction } from "../use-action.ts";
import { useLoaded } from "../use-loaded.ts";
import { SaveFilterDialog } from "./save-filter-dialog.tsx";
import { toSavedQuery } from "./saved-query.ts";

const filters = api["saved-filters"];

/** Links to the filters that the admin has saved for this screen, and a button to save another. */
export function SavedFilters({ isFiltered }: { isFiltered: boolean }) {
  const { path, query } = useLocation();
  const current = toSavedQuery(query);
  const saved = useLoaded(
    async (signal) =>
      (await parseAnswer(filters.$get({ query: { path } }, until(signal)))).saved_filters,
    { key: path },
  );
  const [isSaving, setSaving] = useState(false);
  const announce = useAnnounce();
  const { run, failure } = useAction();
  const remove = (id: string, name: string) =>
    run(async () => {
      await done(filters[":id"].$delete({ param: { id } }));
      announce(`${name} deleted.`);
      saved.reload();
    });
  const rows = saved.loaded.step === "loaded" ? saved.loaded.value : [];
  if (rows.length === 0 && !isFiltered) return null;
  return (
    <div class="saved-filters">
      {rows.length > 0 && (
        <ul aria-label="Saved filters">
          {rows.map((row) => (
            <li key={row.id}>
              <a
                href={`${path}?${row.query}`}
                {...(row.query === current && { "aria-current": "true" as const })}
              >
                {row.name}
              </a>
              <button
                type="button"
                class="small secondary outline"
                aria-label={`Delete the saved filter ${row.name}`}
                onClick={() => void remove(row.id, row.name)}
              >
                ✕
              </button>
            </li>
          ))}
        </ul>
      )}
      {isFiltered && (
        <button type="button" class="small secondary outline" onClick={() => setSaving(true)}>
          Save this filter
        </button>
      )}
      {failure && <FailureNote failure={failure} />}
      {isSaving && (
        <SaveFilterDialog
          filter={{ path, query: current }}
          onClose={() => setSaving(false)}
          onSaved={saved.reload}
        />
      )}
    </div>
  );
}
