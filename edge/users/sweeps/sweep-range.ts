import type { FieldError } from "../../../shared/errors.ts";

const DAY_MS = 86_400_000;
const DEFAULT_DAYS = 30;
/** The maximum number of days in the time range of a sweep. A longer range needs several sweeps. */
const MAX_DAYS = 366;

export type SweepRange =
  | { kind: "range"; since: Date; until: Date }
  | { kind: "refused"; faults: FieldError[] };

/** Returns the time range of a sweep. If the requested end is in the future, the range ends now. */
export function sweepRange(
  { since, until }: { since?: Date | undefined; until?: Date | undefined },
  now: Date,
): SweepRange {
  const to = new Date(Math.min(until?.getTime() ?? Infinity, now.getTime()));
  const from = since ?? new Date(to.getTime() - DEFAULT_DAYS * DAY_MS);
  if (from >= to) {
    const detail = since && since >= now ? "must be in the past" : "must be before until";
    return refused(detail);
  }
  if (to.getTime() - from.getTime() > MAX_DAYS * DAY_MS) {
    return refused(`must be at most ${MAX_DAYS} days before until`);
  }
  return { kind: "range", since: from, until: to };
}

const refused = (detail: string): SweepRange => ({
  kind: "refused",
  faults: [{ pointer: "/since", detail }],
});
