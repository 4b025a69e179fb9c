/** Systems that the fleet or its partners depend on. */
export const PARTIES = ["postgres", "nats", "nats-of-three", "tokens", "mail", "webhook"] as const;
export type FrozenParty = (typeof PARTIES)[number];

/**
 * Groups of users with different dependencies. `steady` depends only on systems that all groups
 * share.
 */
export const GROUPS = ["steady", "tokens", "elsewhere", "hooked"] as const;
export type Group = (typeof GROUPS)[number];

export interface PartyTraits {
  what: string;
  /** Groups whose mail may stop while the party is frozen. */
  dependants: readonly Group[];
  /** Groups that may lose their session, or have to log in again, while the party is frozen. */
  mayLoseSessions: readonly Group[];
  /** How long mail of the other groups may take while the party is frozen: median and maximum. */
  othersMs: { p50: number; longest: number };
  /**
   * How long a user with tokens may be without a session between two sessions, if the user's group
   * must not lose its sessions.
   */
  renewalGapMs: number;
  /**
   * The time after the freeze until all mail is delivered, all users are watched, and all instances
   * are ready.
   */
  recoveryMs: number;
}

/**
 * Limits for mail that is not affected: no user should notice the freeze. The limit of seconds
 * allows for busy machines.
 */
const UNDISTURBED = { p50: 1_000, longest: 5_000 };
const MOMENT_MS = 5_000;
/**
 * The time for the end of a session. A session ends after its current publications, which may take
 * 5 s each.
 */
const PUBLICATIONS_MS = 15_000;

export const TRAITS: Record<FrozenParty, PartyTraits> = {
  postgres: {
    what: "PostgreSQL, all its processes",
    dependants: GROUPS,
    // A refreshed token must be saved before it is used.
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
    // Two pings of five seconds are missed, then clients connect to another server, and leaders are
    // elected.
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
    // The recovery includes a running request, and a back-off that may be as long as the outage.
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
