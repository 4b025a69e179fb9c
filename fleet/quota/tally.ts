/** A number for each partner: what was measured last, and what was added since that began. */
export interface Tally {
  add(partnerId: string, count: number): void;
  /** As it was measured; 0 for whom the measure did not find. */
  measured(partnerId: string): number;
  /** With what was added since. */
  estimate(partnerId: string): number;
  partnerIds(): Iterable<string>;
  /** Begins to measure. What is returned takes the result, however late it comes. */
  begin(): (result: ReadonlyMap<string, number>) => void;
}

export function newTally(): Tally {
  let measured: ReadonlyMap<string, number> = new Map();
  let since = new Map<string, number>();
  /** What the measure that is under way may not have seen. */
  let sinceBegin = new Map<string, number>();
  const addTo = (sums: Map<string, number>, partnerId: string, count: number) =>
    sums.set(partnerId, (sums.get(partnerId) ?? 0) + count);
  return {
    add(partnerId, count) {
      addTo(since, partnerId, count);
      addTo(sinceBegin, partnerId, count);
    },
    measured: (partnerId) => measured.get(partnerId) ?? 0,
    estimate: (partnerId) => (measured.get(partnerId) ?? 0) + (since.get(partnerId) ?? 0),
    partnerIds: () => measured.keys(),
    begin() {
      const own = new Map<string, number>();
      sinceBegin = own;
      return (result) => {
        measured = result;
        since = own;
        sinceBegin = new Map();
      };
    },
  };
}
