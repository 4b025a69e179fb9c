/** The backlog of one partner in NATS. */
export interface Waiting {
  /**
   * The partner's events in EVENTS: not yet delivered to the lane, in flight, or waiting for a
   * retry.
   */
  events: number;
  /** Bytes of the partner's mails in BODIES. */
  bytes: number;
}

/** The limits of the backlog. Ingest is paused when one of them is reached. */
export type Quota = Waiting;

/** Whether a partner's mail is read, or waits in its mailboxes because a limit is reached. */
export type Ingest = { kind: "open" } | { kind: "paused"; by: keyof Waiting };

/**
 * Ingest resumes when the backlog is below this share of the quota. If it resumed at the quota
 * itself, a lane that delivers one event per second would pause and resume ingest every second.
 */
const RESUME_SHARE = 0.8;

/**
 * Decides by the measured backlog whether ingest is paused. It is paused at the quota, and resumes
 * below four fifths of the quota.
 */
export function judgeIngest(was: Ingest["kind"], waiting: Waiting, quota: Quota): Ingest {
  const share = was === "paused" ? RESUME_SHARE : 1;
  for (const by of ["events", "bytes"] as const) {
    if (waiting[by] >= quota[by] * share) return { kind: "paused", by };
  }
  return { kind: "open" };
}
