/** What of one partner waits in NATS. */
export interface Waiting {
  /** In EVENTS, not yet given to its lane, in flight or waiting for a retry. */
  events: number;
  /** Of the mails in BODIES. */
  bytes: number;
}

/** A bound that is not reached pauses nobody. */
export type Quota = Waiting;

/** Whether a partner's mail is read, or waits in its mailboxes, and because of which bound. */
export type Ingest = { kind: "open" } | { kind: "paused"; by: keyof Waiting };

/** A lane that takes one event a second would otherwise pause and resume once a second. */
const RESUME_SHARE = 0.8;

/** Decides by what was measured: paused at the quota, open again below four fifths of it. */
export function judgeIngest(was: Ingest["kind"], waiting: Waiting, quota: Quota): Ingest {
  const share = was === "paused" ? RESUME_SHARE : 1;
  for (const by of ["events", "bytes"] as const) {
    if (waiting[by] >= quota[by] * share) return { kind: "paused", by };
  }
  return { kind: "open" };
}
