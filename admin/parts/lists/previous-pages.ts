import * as v from "valibot";

const stored = v.array(v.tuple([v.string(), v.string()]));
const KEY = "previous-pages";
/** More pages than anyone goes through by hand. The oldest are forgotten. */
const MAX_PAGES = 200;

/**
 * Stores which page came before a page. The cursors of the API lead only forwards.
 *
 * @param page The list and the cursor of the page.
 * @param previous The cursor of the page before it; empty for the first page.
 */
export function rememberPrevious(page: string, previous: string): void {
  const others = readPages().filter(([known]) => known !== page);
  const pages = [...others, [page, previous]].slice(-MAX_PAGES);
  sessionStorage.setItem(KEY, JSON.stringify(pages));
}

/** Returns the cursor of the page before a page; undefined when it is not known. */
export const findPrevious = (page: string): string | undefined =>
  readPages().find(([known]) => known === page)?.[1];

function readPages(): [page: string, previous: string][] {
  try {
    return v.parse(stored, JSON.parse(sessionStorage.getItem(KEY) ?? "[]"));
  } catch {
    return [];
  }
}
