import { useLocation } from "preact-iso";
import { findPrevious, rememberPrevious } from "./previous-pages.ts";
import { useQuery } from "./use-query.ts";

export interface CursorPage {
  cursor: string | undefined;
  /** The query parameter that requests this page from the API. The first page needs none. */
  query: { cursor?: string };
  /** Goes to the first page. Undefined when the first page is already shown. */
  first: (() => void) | undefined;
  /**
   * Goes to the previous page. Undefined on the first page, and when this browser tab has not come
   * from the previous page.
   */
  previous: (() => void) | undefined;
  /**
   * Returns a function that goes to the page at `cursor`, the `next_cursor` of an answer. Returns
   * undefined when there is no next page.
   */
  next(cursor: string | null): (() => void) | undefined;
}

/**
 * Stores the current page of a list in the address. So the browser's back button works.
 *
 * @param name The name of the query parameter. Each list of a screen needs its own name.
 */
export function useCursor(name = "cursor"): CursorPage {
  const { query, path } = useLocation();
  const setQuery = useQuery();
  const cursor = query[name];
  const previous = cursor === undefined ? undefined : findPrevious(`${path} ${cursor}`);
  return {
    cursor,
    query: cursor === undefined ? {} : { cursor },
    first: cursor === undefined ? undefined : () => setQuery({ [name]: "" }),
    previous: previous === undefined ? undefined : () => setQuery({ [name]: previous }),
    next: (next) => {
      if (next === null) return undefined;
      return () => {
        rememberPrevious(`${path} ${next}`, cursor ?? "");
        setQuery({ [name]: next });
      };
    },
  };
}
