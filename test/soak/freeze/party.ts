/** The systems that a run can freeze. The fleet or its partners depend on them. */
export const PARTIES = ["postgres", "nats", "nats-of-three", "tokens", "mail", "webhook"] as const;
export type FrozenParty = (typeof PARTIES)[number];

/**
 * Groups of users. Each depends on different systems. `steady` depends only on the systems that all
 * groups need.
 */
export const GROUPS = ["steady", "tokens", "elsewhere", "hooked"] as const;
export type Group = (typeof GROUPS)[number];

export interface PartyTraits {
  what: string;
  /** Groups whose mail may stop during the freeze. */
  dependants: readonly Group[];
  /** Groups that may lose their sessions or log in again during the freeze. */
  mayLoseSessions: readonly Group[];
  /**
   * Limits for the latency of the mail of all groups that are not `dependants`, during the freeze,
   * in ms: for the median, and for the slowest mail.
   */
  othersMs: { p50: number; longest: number };
  /**
   * The maximum time without a session for a user, in ms. For groups that must not lose their
   * sessions. A user with tokens has a short gap when its token expires, between two sessions.
   */
  renewalGapMs: number;
  /**
   * The time limit for recovery after the freeze, in ms. Recovered means that all mail is
   * delivered, all users are watched, and all instances are ready.
   */
  recoveryMs: number;
}

/**
 * Limits for groups that the freeze does not affect. They are generous, because the machine may be
 * busy.
 */
const UNDISTURBED = { p50: 1_000, longest: 5_000 };
const MOMENT_MS = 5_000;
/**
 * The limit `renewalGapMs` when NATS is frozen. The old session ends only after its current
 * publications, each of which may take 5 s.
 */
const PUBLICATIONS_MS = 15_000;

export const TRAITS: Record<FrozenParty, PartyTraits> = {
  postgres: {
    what: "PostgreSQL, all its processes",
    dependants: GROUPS,
    // The fleet must save a refreshed token in PostgreSQL before it uses the token.
    mayLoseSessions: ["tokens"],
    othersMs: UNDISTURBED,
    renewalGapMs: MOMENT_MS,
    recoveryMs: 90_000,
  },
  nats: {
    what: "the one nats-server",
    dependants: GROUPS,
    mayLoseSessions: [],
    othersMs: UNDISTURBED,
    renewalGapMs: PUBLICATIONS_MS,
    recoveryMs: 60_000,
  },
  "nats-of-three": {
    what: "one of three nats-servers, to which the fleet is connected",
    dependants: [],
    mayLoseSessions: [],
    // The longest latency includes three steps: clients miss two pings at intervals of 5 s, they
    // connect to another server, and the servers elect new leaders.
    othersMs: { p50: 1_000, longest: 45_000 },
    renewalGapMs: PUBLICATIONS_MS,
    recoveryMs: 30_000,
  },
  tokens: {
    what: "the token endpoint",
    dependants: ["tokens"],
    mayLoseSessions: ["tokens"],
    othersMs: UNDISTURBED,
    renewalGapMs: MOMENT_MS,
    // The limit allows for a request in progress, and for a back-off as long as the freeze.
    recoveryMs: 150_000,
  },
  mail: {
    what: "one of two mail servers",
    dependants: ["elsewhere"],
    mayLoseSessions: ["elsewhere"],
    othersMs: UNDISTURBED,
    renewalGapMs: MOMENT_MS,
    recoveryMs: 150_000,
  },
  webhook: {
    what: "the endpoint of one partner",
    dependants: ["hooked"],
    mayLoseSessions: [],
    othersMs: UNDISTURBED,
    renewalGapMs: MOMENT_MS,
    recoveryMs: 90_000,
  },
};
