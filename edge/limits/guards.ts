import { systemClock } from "../../shared/clock.ts";
import {
  createLeasedPlaces,
  type LeasedPlaces,
  type PlaceRules,
} from "../../shared/concurrency/leased-places.ts";
import { type AnonymousLimit, createAnonymousLimit, type LimitRules } from "./anonymous-limit.ts";
import { createKnownCallers, type KnownCallers } from "./known-callers.ts";

/**
 * The kinds of requests that may come without valid credentials. Each kind has its own limit,
 * because the costs differ.
 */
export type AnonymousKind = "keys" | "sessions" | "sign-ins" | "pages";

/**
 * Protects expensive operations against too many requests. All requests of a process share one
 * `Guards` object. The requests of a Worker cannot share connections, but this object has none.
 */
export interface Guards {
  limits: Readonly<Record<AnonymousKind, AnonymousLimit>>;
  knownCallers: KnownCallers;
  /** The places for database connections. A request must get a place before it connects. */
  places: Readonly<Record<PlacesKind, LeasedPlaces>>;
}

/**
 * The database connections are divided into these shares, so that one kind of caller cannot use up
 * the connections of another. Sign-ins have their own share, because a sign-in keeps its connection
 * while it waits to check a password.
 */
export type PlacesKind = "known" | "anonymous" | "sign-ins";

const RULES: Readonly<Record<AnonymousKind, LimitRules>> = {
  // `keys` and `sessions`: requests whose key or session is not known. Each costs a connection and
  // a query.
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
  // Each sign-in blocks a Worker's only thread for 150 ms. With at most 10 sign-ins in 10 s, 85 %
  // of the time remains for other requests.
  "sign-ins": {
    each: { requests: 10, periodS: 60 },
    all: { requests: 10, periodS: 10 },
    beyond: "refuse",
  },
  // Connect links, callbacks and the admin page. Valid requests are counted, too, so the limit is
  // high: a household that connects its accounts needs several requests for each account.
  pages: {
    each: { requests: 240, periodS: 60 },
    all: { requests: 500, periodS: 10 },
    beyond: "spare-new",
  },
};

/**
 * Creates the limits and the places. With 32 connections, known callers get 22, anonymous callers
 * 8, and sign-ins 2.
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
      // One sender may use all places, because sign-ins are also limited per sender. `waitMs` is
      // long because a sign-in keeps its place while it waits to check the password.
      "sign-ins": connectionPlaces({ places: signIns, share: signIns, waitMs: 20_000 }),
    },
  };
}

/** Creates places. One partner, admin or sender can use at most half of them. */
const shared = (places: number) =>
  connectionPlaces({ places, share: Math.ceil(places / 2), waitMs: 2_000 });

const connectionPlaces = (rules: Pick<PlaceRules, "places" | "share" | "waitMs">) =>
  createLeasedPlaces(systemClock, {
    ...rules,
    what: "a connection to the database",
    queue: rules.places * 8,
    // After this time, a place that was not released is free again. The time is longer than any
    // request waits for an answer of the fleet.
    leaseMs: 60_000,
  });
