/** Returns the filters and the order of a list as the query of an address, without the page. */
export function toSavedQuery(query: Readonly<Record<string, string>>): string {
  const saved = new URLSearchParams(query);
  saved.delete("cursor");
  saved.sort();
  return saved.toString();
}
