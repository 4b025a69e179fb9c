import type { Group, Party } from "./party.ts";

/** What came of the mail of one group. */
export interface GroupFigures {
  group: Group;
  /** While the party was frozen. */
  sent: number;
  delivered: number;
  /** Of the mails of that time, also those that came later; null when there were none. */
  latency: Latency | null;
  /** Logins from the freeze until all was well again. */
  logins: number;
  /** The longest time that one of its users was without a connection. */
  longestGapMs: number;
  /** Of all mails. */
  lost: number;
  doubled: number;
}

export interface Latency {
  p50Ms: number;
  p99Ms: number;
  maxMs: number;
}

/** What one freeze did. */
export interface FreezeReport {
  party: Party;
  frozenMs: number;
  groups: readonly GroupFigures[];
  /** From the thaw until all was well again; null when it was not within a multiple of its bound. */
  recoveryMs: number | null;
  /** What was not well then. */
  missing: string | null;
  /** Mails that were put in during the whole run. */
  sent: number;
  /** Webhooks with a wrong signature, ids with two bodies, mails with two ids, mails without a recorded end. */
  wrong: Readonly<Record<string, number>>;
  /** Users whose credentials were called wrong. */
  authFailed: number;
  /** Lines of the level error, by their name. */
  errors: Readonly<Record<string, number>>;
  /** A minute's average when it began and ended. */
  load: readonly [number, number];
}
