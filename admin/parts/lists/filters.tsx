import type { ComponentChildren } from "preact";
import type { Failure } from "../../api/failure.ts";
import { readFields } from "../forms/read-fields.ts";
import { FaultsContext } from "../forms/form.tsx";
import { SavedFilters } from "../saved-filters/saved-filters.tsx";
import { useQuery } from "./use-query.ts";

/** The filters of a list. Their values are stored in the page's address. */
export function Filters({
  isFiltered,
  failure = null,
  children,
}: {
  isFiltered: boolean;
  /**
   * Why the list could not be loaded; null when it was loaded. A filter with a rejected value shows
   * the error message.
   */
  failure?: Failure | null;
  children: ComponentChildren;
}) {
  const setQuery = useQuery();
  const narrow = (form: HTMLFormElement) => setQuery({ ...readFields(form), cursor: "" });
  const widen = (form: HTMLFormElement) => {
    const names = [...Object.keys(readFields(form)), "cursor"];
    setQuery(Object.fromEntries(names.map((name) => [name, ""])));
  };
  return (
    <search>
      <form
        class="filters"
        onSubmit={(event) => {
          event.preventDefault();
          narrow(event.currentTarget);
        }}
      >
        <FaultsContext.Provider value={failure?.fields ?? {}}>{children}</FaultsContext.Provider>
        <div class="actions">
          <button type="submit" class="secondary">
            Filter
          </button>
          {isFiltered && (
            <button
              type="button"
              class="secondary outline"
              onClick={(event) => event.currentTarget.form && widen(event.currentTarget.form)}
            >
              Clear
            </button>
          )}
        </div>
      </form>
      <SavedFilters isFiltered={isFiltered} />
    </search>
  );
}
