import type { FrozenParty, Group } from "./party.ts";

/** How the freeze affected the mail and the sessions of one group. */
export interface GroupFigures {
  group: Group;
  /** The number of mails that were sent during the freeze. */
  sent: number;
  delivered: number;
  /**
   * The latency of the mails that were sent during the freeze, even if they arrived later. Null
   * means that none arrived.
   */
  latency: GroupLatency | null;
  /** The number of logins from the start of the freeze until the end of the run. */
  logins: number;
  /** The longest time in ms that a user of the group had no connection. */
  longestGapMs: number;
  /** The number of lost mails in the whole run. */
  lost: number;
  doubled: number;
}

export interface GroupLatency {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

/** How one freeze affected the product. */
export interface FreezeReport {
  party: FrozenParty;
  frozenMs: number;
  groups: readonly GroupFigures[];
  /**
   * The time from the end of the freeze until full recovery, in ms. Null means that the run stopped
   * waiting.
   */
  recoveryMs: number | null;
  /** What had not recovered when the run stopped waiting. Null after a full recovery. */
  missing: string | null;
  /** The number of mails that were sent in the whole run. */
  sent: number;
  /**
   * Counts of faults that must never occur, such as a wrong signature or a mail with two ids. The
   * key describes the fault.
   */
  wrong: Readonly<Record<string, number>>;
  /** The number of users that were ever in the state `auth_failed`. */
  authFailed: number;
  /** The number of log lines with the level `error`, by event name. */
  errors: Readonly<Record<string, number>>;
  /** The load average over one minute, at the start and at the end of the run. */
  load: readonly [number, number];
}
