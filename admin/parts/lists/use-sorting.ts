import { useLocation } from "preact-iso";
import { type SortOrder, type Sorting, sortedHref } from "./sorting.ts";

/**
 * Stores the order of a list in the address.
 *
 * @param orders The orders of the list. The first is the usual one, which the address leaves out.
 */
export function useSorting<One extends SortOrder>(
  orders: readonly [One, ...One[]],
): Sorting & { order: One } {
  const { path, query } = useLocation();
  const [usual] = orders;
  return {
    order: orders.find((one) => one === query["sort"]) ?? usual,
    toHref: (order) => sortedHref(path, query, { order, usual }),
  };
}
