import { useLocation } from "preact-iso";
import { useQuery } from "./use-query.ts";

export interface CursorPage {
  cursor: string | undefined;
  /** The query for the API. */
  query: { cursor?: string };
  /** Goes to the first page; absent on the first page. */
  first: (() => void) | undefined;
  /** Returns a function that goes to the page of `next_cursor`; absent when there is none. */
  next(cursor: string | null): (() => void) | undefined;
}

/**
 * Keeps the current page of a list in the address, so that the browser's back button works.
 *
 * @param name The name of the query parameter, for screens that have several lists.
 */
export function useCursor(name = "cursor"): CursorPage {
  const { query } = useLocation();
  const setQuery = useQuery();
  const cursor = query[name];
  return {
    cursor,
    query: cursor === undefined ? {} : { cursor },
    first: cursor === undefined ? undefined : () => setQuery({ [name]: "" }),
    next: (next) => (next === null ? undefined : () => setQuery({ [name]: next })),
  };
}
