import type { UserState } from "../users/user-states.ts";

/** A fact about time is in Unix ms, and null when it does not apply. */
export interface HealthFacts {
  /** The time on Postgres's clock, to which all other times belong. */
  nowMs: number;
  instances: readonly InstanceFacts[];
  /** How many users each state has. A state without users is left out. */
  usersByState: Readonly<Partial<Record<UserState, number>>>;
  /** Users that should be watched. */
  usersToWatch: number;
  /** When the oldest row of the outbox was written that is not published yet. */
  outboxOldestMs: number | null;
  /** Partners that may have a problem, at most MAX_SUBJECTS. */
  partners: readonly PartnerFacts[];
  /** Mail servers with users that cannot be watched, most users first, at most MAX_SUBJECTS. */
  mailServers: readonly MailServerFacts[];
  /** Providers with users that must act, or whose access tokens cannot be renewed. */
  providers: readonly ProviderFacts[];
  /** Connections whose OAuth client is refused or missing. */
  oauthClients: readonly OAuthClientFacts[];
  /** Events that were given up within the last hour and still wait as dead letters. */
  deadLetters: { letters: number; sinceMs: number | null };
  /** Admins that still have the default password of development. */
  defaultPasswords: number;
}

/** How many partners, mail servers and so on are read at most. */
export const MAX_SUBJECTS = 100;

/**
 * The state of an instance. `no_nats`: NATS does not answer it. `cut_off`: Postgres answers other
 * instances, but not this one. `gone`: it is silent and did not announce that it stops.
 */
export type InstanceState = "up" | "draining" | "restarting" | "cut_off" | "no_nats" | "gone";

export interface InstanceFacts {
  id: string;
  role: string;
  state: InstanceState;
  capacity: number;
  natsVersion: string | null;
  /** When the instance was last heard, directly or through others. */
  heardMs: number;
  natsSilentSinceMs: number | null;
}

export interface PartnerFacts {
  id: string;
  name: string;
  /** The partner's users that are not archived. */
  users: number;
  pausedReason: "admin" | "partner" | "forbidden" | null;
  pausedMs: number | null;
  ingestPausedMs: number | null;
  lettersFullMs: number | null;
  /** The report of the instance that delivers; null when there is no current report. */
  lane: LaneFacts | null;
}

export interface LaneFacts {
  state: "running" | "paused" | "open" | "probing";
  reason: string | null;
  /** Events that are not delivered yet. */
  waiting: number;
  oldestMs: number | null;
  oldestInFlightMs: number | null;
  recentAttempts: number;
  recentFailures: number;
  answerP50Ms: number | null;
}

/** Users of one mail server that cannot be watched. */
export interface MailServerFacts {
  host: string;
  users: number;
  /** The most frequent reason, a code of reasons.ts, and whether it is the only one. */
  reason: string;
  isOnlyReason: boolean;
  /** When the first of these users was lost. */
  sinceMs: number;
}

export interface ProviderFacts {
  code: string;
  title: string;
  /** Users that are not archived. */
  users: number;
  /** Users whose owners must sign in again, and how many became so within SUDDEN_MS. */
  mustSignIn: number;
  mustSignInSuddenly: number;
  mustSignInSinceMs: number | null;
  /** Users whose access token cannot be renewed. */
  withoutToken: number;
  withoutTokenSinceMs: number | null;
}

/** Users who must sign in again count as many at once when they became so within this time. */
export const SUDDEN_MS = 15 * 60_000;

export interface OAuthClientFacts {
  connectionId: string;
  partnerName: string;
  providerTitle: string;
  users: number;
  sinceMs: number;
}
