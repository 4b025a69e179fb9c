import { systemClock } from "../../shared/clock.ts";
import {
  createLeasedPlaces,
  type LeasedPlaces,
  type PlaceRules,
} from "../../shared/concurrency/leased-places.ts";
import { type AnonymousLimit, createAnonymousLimit, type LimitRules } from "./anonymous-limit.ts";
import { createKnownCallers, type KnownCallers } from "./known-callers.ts";

/** What strangers may do, and what each costs. */
export type AnonymousKind = "keys" | "sessions" | "sign-ins" | "pages";

/** What stands between the internet and what costs something. Counts only: nothing that is connected. */
export interface Guards {
  limits: Readonly<Record<AnonymousKind, AnonymousLimit>>;
  knownCallers: KnownCallers;
  /** Connections to the database. */
  places: Readonly<Record<PlacesKind, LeasedPlaces>>;
}

/**
 * Whose connections a request takes, so that none takes another's. A sign-in keeps its own while it waits for its turn to have
 * a password checked.
 */
export type PlacesKind = "known" | "anonymous" | "sign-ins";

const RULES: Readonly<Record<AnonymousKind, LimitRules>> = {
  // Keys and sessions that are not there; each costs a connection and a query.
  keys: {
    each: { requests: 30, periodS: 60 },
    all: { requests: 100, periodS: 10 },
    beyond: "spare-new",
  },
  sessions: {
    each: { requests: 60, periodS: 60 },
    all: { requests: 100, periodS: 10 },
    beyond: "spare-new",
  },
  // Each costs 150 ms of a Worker's only thread: one a second leaves six sevenths of it to the others.
  "sign-ins": {
    each: { requests: 10, periodS: 60 },
    all: { requests: 10, periodS: 10 },
    beyond: "refuse",
  },
  // Connect links, callbacks and the admin's page, good ones too: a house that connects its accounts asks for a few each.
  pages: {
    each: { requests: 240, periodS: 60 },
    all: { requests: 500, periodS: 10 },
    beyond: "spare-new",
  },
};

/** Of 32 connections 22 are for known callers, 8 for those that nobody knows yet, 2 for sign-ins. */
export function createGuards(databaseConnections: number): Guards {
  const anonymous = Math.max(1, Math.floor(databaseConnections / 4));
  const signIns = Math.max(2, Math.floor(databaseConnections / 16));
  return {
    limits: {
      keys: createAnonymousLimit(RULES.keys),
      sessions: createAnonymousLimit(RULES.sessions),
      "sign-ins": createAnonymousLimit(RULES["sign-ins"]),
      pages: createAnonymousLimit(RULES.pages),
    },
    knownCallers: createKnownCallers(),
    places: {
      known: shared(Math.max(1, databaseConnections - anonymous - signIns)),
      anonymous: shared(anonymous),
      // One sender may have them all: it is counted. Each waits for its turn to have a password checked, too.
      "sign-ins": connectionPlaces({ places: signIns, share: signIns, waitMs: 20_000 }),
    },
  };
}

/** Of these a partner, an admin or a sender has half at most. */
const shared = (places: number) =>
  connectionPlaces({ places, share: Math.ceil(places / 2), waitMs: 2_000 });

const connectionPlaces = (rules: Pick<PlaceRules, "places" | "share" | "waitMs">) =>
  createLeasedPlaces(systemClock, {
    ...rules,
    what: "a connection to the database",
    queue: rules.places * 8,
    // Longer than any request waits for the fleet.
    leaseMs: 60_000,
  });
