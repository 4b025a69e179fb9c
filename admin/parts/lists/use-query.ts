import { useLocation } from "preact-iso";
import { focusNextResults } from "./focus-results.ts";

/**
 * Returns a function that changes query parameters in the address, and moves the focus to the list
 * that is then loaded. A parameter with an empty value is removed.
 */
export function useQuery(): (change: Readonly<Record<string, string>>) => void {
  const { path, query, route } = useLocation();
  return (change) => {
    const before = new URLSearchParams(query).toString();
    const changed = new URLSearchParams({ ...query, ...change });
    for (const [name, value] of [...changed]) if (value === "") changed.delete(name);
    const text = changed.toString();
    if (text !== before) focusNextResults();
    route(text === "" ? path : `${path}?${text}`);
  };
}
