/** What the fleet depends on, or its partners do. */
export const PARTIES = ["postgres", "nats", "nats-of-three", "tokens", "mail", "webhook"] as const;
export type Party = (typeof PARTIES)[number];

/** Users who differ in what they depend on. `steady`: in nothing that only some depend on. */
export const GROUPS = ["steady", "tokens", "elsewhere", "hooked"] as const;
export type Group = (typeof GROUPS)[number];

export interface PartyTraits {
  what: string;
  /** Whose mail may stand still while it is frozen. */
  dependants: readonly Group[];
  /** Who may be without a session meanwhile, or have to log in again. */
  mayLoseSessions: readonly Group[];
  /** How long everybody else's mail may take meanwhile, at the median and at most. */
  othersMs: { p50: number; longest: number };
  /** How long a user with tokens is without a session between two, where it may not lose its session. */
  renewalGapMs: number;
  /** How soon after it goes on all mail has come, all users are watched, and all instances are ready. */
  recoveryMs: number;
}

/** Nobody notices. A mail that takes seconds is for a machine that is busy. */
const UNDISTURBED = { p50: 1_000, longest: 5_000 };
const MOMENT_MS = 5_000;
/** A session ends when what it has in hand does: publications that are waited for, 5 s each. */
const PUBLICATIONS_MS = 15_000;

export const TRAITS: Record<Party, PartyTraits> = {
  postgres: {
    what: "PostgreSQL, all its processes",
    dependants: GROUPS,
    // A refreshed token is saved before it is used.
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
    // Two pings of five seconds are missed, then another server is connected to, and leaders are elected.
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
    // A request that is under way, and a back-off that has grown as long as the outage.
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
