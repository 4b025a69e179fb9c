import { systemClock } from "../../shared/clock.ts";
import {
  createLeasedPlaces,
  type LeasedPlaces,
  type PlaceRules,
} from "../../shared/concurrency/leased-places.ts";
import { type AnonymousLimit, createAnonymousLimit, type LimitRules } from "./anonymous-limit.ts";
import { createKnownCallers, type KnownCallers } from "./known-callers.ts";

/** Kinds of anonymous requests, with different costs. */
export type AnonymousKind = "keys" | "sessions" | "sign-ins" | "pages";

/**
 * Protects expensive operations against requests of strangers. Contains only counts, no
 * connections.
 */
export interface Guards {
  limits: Readonly<Record<AnonymousKind, AnonymousLimit>>;
  knownCallers: KnownCallers;
  /** The places for connections to the database. */
  places: Readonly<Record<PlacesKind, LeasedPlaces>>;
}

/**
 * The share of connections that a request uses; one share cannot use up another share. Sign-ins
 * have their own share, since a sign-in keeps a connection while it waits for its turn to check a
 * password.
 */
export type PlacesKind = "known" | "anonymous" | "sign-ins";

const RULES: Readonly<Record<AnonymousKind, LimitRules>> = {
  // Requests with keys or sessions that do not exist. Each request costs a connection and a query.
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
  // Each sign-in costs 150 ms of a Worker's only thread. One sign-in per second leaves six sevenths
  // of the thread to other requests.
  "sign-ins": {
    each: { requests: 10, periodS: 60 },
    all: { requests: 10, periodS: 10 },
    beyond: "refuse",
  },
  // Connect links, callbacks and the admin page, including valid requests: a household that
  // connects its accounts needs a few requests for each account.
  pages: {
    each: { requests: 240, periodS: 60 },
    all: { requests: 500, periodS: 10 },
    beyond: "spare-new",
  },
};

/**
 * Creates the limits and places. Of 32 connections, 22 are for known callers, 8 for unknown ones, 2
 * for sign-ins.
 */
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
      // One sender may use all places: sign-ins are also limited per sender. The wait is long
      // because a sign-in keeps its place while it waits for its turn to check the password.
      "sign-ins": connectionPlaces({ places: signIns, share: signIns, waitMs: 20_000 }),
    },
  };
}

/** Creates places of which one partner, admin or sender uses at most half. */
const shared = (places: number) =>
  connectionPlaces({ places, share: Math.ceil(places / 2), waitMs: 2_000 });

const connectionPlaces = (rules: Pick<PlaceRules, "places" | "share" | "waitMs">) =>
  createLeasedPlaces(systemClock, {
    ...rules,
    what: "a connection to the database",
    queue: rules.places * 8,
    // A lease is longer than any request waits for the fleet.
    leaseMs: 60_000,
  });
