/** The backlog of one partner in NATS. */
export interface Waiting {
  /** The partner's events in EVENTS: waiting, in flight, or between two attempts. */
  events: number;
  /** Bytes of the partner's mails in BODIES. */
  bytes: number;
}

/** The limits of the backlog. Ingest is paused when one of them is reached. */
export type Quota = Waiting;

/** Whether a partner's mail is read, or waits in its mailboxes because a limit is reached. */
export type Ingest = { kind: "open" } | { kind: "paused"; by: keyof Waiting };

/**
 * Ingest resumes when the backlog is below this share of the quota. With a share of 1, a slow lane
 * would pause and resume ingest at each event.
 */
const RESUME_SHARE = 0.8;

/** Decides by the measured backlog whether ingest is paused. */
export function judgeIngest(was: Ingest["kind"], waiting: Waiting, quota: Quota): Ingest {
  const share = was === "paused" ? RESUME_SHARE : 1;
  for (const by of ["events", "bytes"] as const) {
    if (waiting[by] >= quota[by] * share) return { kind: "paused", by };
  }
  return { kind: "open" };
}
