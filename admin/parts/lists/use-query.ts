import { useLocation } from "preact-iso";

/**
 * Returns a function that changes query parameters in the address. A parameter with an empty value
 * is removed.
 */
export function useQuery(): (change: Readonly<Record<string, string>>) => void {
  const { path, query, route } = useLocation();
  return (change) => {
    const changed = new URLSearchParams({ ...query, ...change });
    for (const [name, value] of [...changed]) if (value === "") changed.delete(name);
    const text = changed.toString();
    route(text === "" ? path : `${path}?${text}`);
  };
}
