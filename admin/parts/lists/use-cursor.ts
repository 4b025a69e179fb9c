import { useLocation } from "preact-iso";
import { useQuery } from "./use-query.ts";

export interface CursorPage {
  cursor: string | undefined;
  /** As the API takes it. */
  query: { cursor?: string };
  /** To the first page; absent on it. */
  first: (() => void) | undefined;
  /** To the page of the answer's `next_cursor`; absent where there is none. */
  next(cursor: string | null): (() => void) | undefined;
}

/**
 * Which page of a list is shown, as the address says: the browser's own way back works.
 *
 * @param name In the address, where a screen has several lists.
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
