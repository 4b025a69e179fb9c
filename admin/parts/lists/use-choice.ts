import { useState } from "preact/hooks";

/** Stores which rows of a page are chosen. Rows that have left the page are no longer chosen. */
export function useChoice(keys: readonly string[]) {
  const [all, setAll] = useState<ReadonlySet<string>>(new Set());
  return {
    chosen: new Set(keys.filter((key) => all.has(key))),
    choose(key: string, isChosen: boolean) {
      const next = new Set(all);
      if (isChosen) next.add(key);
      else next.delete(key);
      setAll(next);
    },
    chooseAll: (isChosen: boolean) => setAll(new Set(isChosen ? keys : [])),
  };
}
