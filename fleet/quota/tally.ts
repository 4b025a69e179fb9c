/** For each partner: the last measured number, and what was added since that measurement began. */
export interface Tally {
  add(partnerId: string, count: number): void;
  /** Returns the measured number; 0 for a partner that the measurement did not find. */
  measured(partnerId: string): number;
  /** Returns the measured number plus what was added since. */
  estimate(partnerId: string): number;
  partnerIds(): Iterable<string>;
  /** Begins a measurement. Pass its result to the returned function, at any later time. */
  begin(): (result: ReadonlyMap<string, number>) => void;
}

/** Creates a tally without any measurement. */
export function newTally(): Tally {
  let measured: ReadonlyMap<string, number> = new Map();
  let since = new Map<string, number>();
  /**
   * Amounts that were added since the current measurement began. Its result possibly does not
   * include them.
   */
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
