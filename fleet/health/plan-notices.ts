import type { HealthMark, KnownProblem } from "../../db/health/known-problems.ts";

/** A problem is announced after this time, so that what passes at once wakes nobody. */
const ANNOUNCE_MS = 20_000;
/** A problem is over when it was not found for this time, so that one that flickers is one. */
const OVER_MS = 60_000;

export type Known = Pick<
  KnownProblem,
  "key" | "urgency" | "firstSeenAt" | "seenAt" | "announcedAt"
>;

export interface NoticePlan<P extends Known> {
  /** To be announced now. */
  begun: readonly P[];
  /** To be deleted now; those with `announcedAt` are announced as over. */
  ended: readonly P[];
}

/**
 * Decides which problems are announced, and which are over. What only informs, is muted or is
 * acknowledged is not announced.
 */
export function planNotices<P extends Known>(
  known: readonly P[],
  marks: readonly Pick<HealthMark, "key">[],
  nowMs: number,
): NoticePlan<P> {
  const marked = new Set(marks.map(({ key }) => key));
  const isOver = ({ seenAt }: P) => nowMs - seenAt.getTime() > OVER_MS;
  return {
    ended: known.filter(isOver),
    begun: known.filter(
      (one) =>
        !isOver(one) &&
        one.announcedAt === null &&
        one.urgency !== "info" &&
        !marked.has(one.key) &&
        nowMs - one.firstSeenAt.getTime() > ANNOUNCE_MS,
    ),
  };
}
