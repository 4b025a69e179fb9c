/** The messages of a stream that one partner's lane still needs. */
export interface Need {
  partnerId: string;
  /** The first sequence that the lane needs; Infinity when the lane needs none. */
  from: number;
}

/** Which messages to delete. Each limit is exclusive: the message with that sequence is kept. */
export interface TrimPlan {
  /** Every message below this sequence is deleted. */
  allBelow: number;
  /** The partner's messages below this sequence are deleted. */
  ofPartners: { partnerId: string; below: number }[];
}

/**
 * Plans which messages of a stream can be deleted. All messages before the first one that any lane
 * needs are deleted together, at no cost. Later messages are deleted per partner, but only while
 * the stream `isFilling`: for each partner, the server reads the whole stream (0.2 s for 300 MB).
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
