import type { FrozenParty, Group } from "./party.ts";

/** The results for the mail and the sessions of one group. */
export interface GroupFigures {
  group: Group;
  /** The number of mails sent while the party was frozen. */
  sent: number;
  delivered: number;
  /**
   * The latency of mails sent while the party was frozen, including mails that arrived later; null
   * when there were none.
   */
  latency: GroupLatency | null;
  /** Logins from the freeze until full recovery. */
  logins: number;
  /** The longest time that one of the group's users had no connection. */
  longestGapMs: number;
  /** The number of lost mails of the whole run. */
  lost: number;
  doubled: number;
}

export interface GroupLatency {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

/** The effects of one freeze. */
export interface FreezeReport {
  party: FrozenParty;
  frozenMs: number;
  groups: readonly GroupFigures[];
  /**
   * The time from the end of the freeze until full recovery; null when this took longer than a
   * multiple of its limit.
   */
  recoveryMs: number | null;
  /** What had not recovered by then; null after a full recovery. */
  missing: string | null;
  /** Mails that were delivered to mailboxes during the whole run. */
  sent: number;
  /**
   * The number of webhooks with a wrong signature, ids with two bodies, mails with two ids, and
   * mails without a recorded end.
   */
  wrong: Readonly<Record<string, number>>;
  /** The number of users in the state `auth_failed`. */
  authFailed: number;
  /** The number of log lines of the level error, by name. */
  errors: Readonly<Record<string, number>>;
  /** The load average of a minute, at the start and the end. */
  load: readonly [number, number];
}
