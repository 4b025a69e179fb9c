/** What one partner's lane still needs of a stream. */
export interface Need {
  partnerId: string;
  /** The first sequence that it needs; Infinity when it needs none. */
  from: number;
}

/** What is to be deleted, each up to a sequence that stays. */
export interface TrimPlan {
  /** Whatever it is, whosever it is. */
  allBelow: number;
  /** What belongs to one partner. */
  ofPartners: { partnerId: string; below: number }[];
}

/**
 * Plans what of a stream nobody needs. All up to the first need goes at once, at no cost; what lies
 * behind the need of a lane that lags is deleted partner by partner, for which the server reads the
 * whole stream each time (0.2 s for 300 MB): only when it is `filling`.
 *
 * @param cutoff The first sequence that stays in any case.
 */
export function planTrim(
  needs: readonly Need[],
  { cutoff, isFilling }: { cutoff: number; isFilling: boolean },
): TrimPlan {
  const allBelow = needs.reduce((least, { from }) => Math.min(least, from), cutoff);
  const ofPartners = needs
    .map(({ partnerId, from }) => ({ partnerId, below: Math.min(from, cutoff) }))
    .filter(({ below }) => below > allBelow);
  return { allBelow, ofPartners: isFilling ? ofPartners : [] };
}
