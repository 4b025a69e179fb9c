import { focusNextResults } from "./focus-results.ts";
import { nextOrder, type SortOrder, type Sorting, toAriaSort } from "./sorting.ts";

const ARROWS = { ascending: "↑", descending: "↓", none: "↕" };

interface SortLinkProps {
  title: string;
  /** The order that the link chooses first. */
  first: SortOrder;
  sorting: Sorting;
}

/** The heading of a column that sorts the list. */
export const SortLink = ({ title, first, sorting: { order, toHref } }: SortLinkProps) => (
  <a class="sort" href={toHref(nextOrder(order, first))} onClick={focusNextResults}>
    {title}
    <span aria-hidden="true">{ARROWS[toAriaSort(order, first)]}</span>
  </a>
);
