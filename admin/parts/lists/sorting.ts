/** A sort key of the API, in its first direction. With `-` in front, the order is descending. */
export type SortOrder = string;

/** The order of a list, which is stored in the address. */
export interface Sorting {
  order: SortOrder;
  /** Returns the address of the first page of the list in this order. */
  toHref(order: SortOrder): string;
}

const keyOf = (order: SortOrder) => order.replace(/^-/, "");

/** Returns the value of `aria-sort` for a column whose first order is `first`. */
export function toAriaSort(
  order: SortOrder,
  first: SortOrder,
): "ascending" | "descending" | "none" {
  if (keyOf(order) !== keyOf(first)) return "none";
  return order.startsWith("-") ? "descending" : "ascending";
}

/**
 * Returns the order that a column's heading leads to: the other direction if the list is sorted by
 * this column, otherwise the column's first order.
 */
export function nextOrder(order: SortOrder, first: SortOrder): SortOrder {
  if (keyOf(order) !== keyOf(first)) return first;
  return order.startsWith("-") ? keyOf(order) : `-${order}`;
}

/** Returns the address of the first page of a list in this order, with the same filters. */
export function sortedHref(
  path: string,
  query: Readonly<Record<string, string>>,
  { order, usual }: { order: SortOrder; usual: SortOrder },
): string {
  const changed = new URLSearchParams(query);
  changed.delete("cursor");
  if (order === usual) changed.delete("sort");
  else changed.set("sort", order);
  const text = changed.toString();
  return text === "" ? path : `${path}?${text}`;
}
