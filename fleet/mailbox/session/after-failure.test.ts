import { expect, test } from "vitest";
import {
  type Aftermath,
  afterSessionFailure,
  countFailure,
  type EndedSession,
  NO_SESSION_FAILURES,
} from "./after-failure.ts";

const session: EndedSession = {
  failure: null,
  errors: 1,
  repeats: 1,
  refusals: 0,
  retryAfterMs: null,
  isHunting: false,
  confirmRefusalMs: null,
};
const lost = { kind: "transient", reason: "connection_lost" } as const;
const down = { kind: "transient", reason: "provider_unavailable" } as const;
const wrong = { kind: "auth_failed", reason: "wrong_password" } as const;
const throttled = { kind: "transient", reason: "too_many_connections" } as const;
const closed = { kind: "unreachable", reason: "connection_refused" } as const;
const notConnected = { kind: "transient", reason: "authenticated_not_connected" } as const;

const cases: [name: string, session: Partial<EndedSession>, aftermath: Aftermath][] = [
  ["a lost connection is back at once", { failure: lost }, { state: "backoff", delayMs: 0 }],
  [
    "the third is back after half a minute",
    { failure: lost, errors: 3 },
    { state: "backoff", delayMs: 26_000 },
  ],
  ["a bug counts as an outage", { errors: 2 }, { state: "backoff", delayMs: 7_000 }],
  ["a closed port", { failure: closed, errors: 2 }, { state: "unreachable", delayMs: 7_000 }],
  [
    "a provider that says when",
    { failure: down, retryAfterMs: 90_000 },
    { state: "backoff", delayMs: 90_000 },
  ],
  [
    "a provider that says sooner than we want",
    { failure: down, errors: 2, retryAfterMs: 1_000 },
    { state: "backoff", delayMs: 7_000 },
  ],
  [
    "a server that wants to be left alone for a day",
    { failure: throttled, retryAfterMs: 86_400_000 },
    { state: "backoff", delayMs: 3_600_000 },
  ],
  [
    "a refusal of what has worked is tried once more, minutes later",
    { failure: wrong, refusals: 1, confirmRefusalMs: 120_000 },
    { state: "backoff", delayMs: 120_000 },
  ],
  [
    "the second counts",
    { failure: wrong, refusals: 2, repeats: 2, confirmRefusalMs: 120_000 },
    { state: "auth_failed", delayMs: 120_000 },
  ],
  ["a refused login waits a minute", { failure: wrong }, { state: "auth_failed", delayMs: 60_000 }],
  [
    "a refusal amid other trouble waits no longer",
    { failure: wrong, errors: 7 },
    { state: "auth_failed", delayMs: 60_000 },
  ],
  [
    "the fourth waits eight",
    { failure: wrong, errors: 4, repeats: 4 },
    { state: "auth_failed", delayMs: 480_000 },
  ],
  [
    "the hundredth waits an hour",
    { failure: wrong, errors: 100, repeats: 100 },
    { state: "auth_failed", delayMs: 3_600_000 },
  ],
  [
    "a mailbox that Exchange does not open",
    { failure: notConnected },
    { state: "backoff", delayMs: 0 },
  ],
  [
    "one that it never opens",
    { failure: notConnected, errors: 3, repeats: 3 },
    { state: "auth_failed", delayMs: 240_000 },
  ],
  ["a hunted message", { isHunting: true, errors: 4 }, { state: "backoff", delayMs: 2_000 }],
  [
    "a message hunted in vain",
    { isHunting: true, errors: 5 },
    { state: "backoff", delayMs: 124_000 },
  ],
];

test.each(cases)("afterFailure(): %s", (_name, ended, aftermath) => {
  expect(afterSessionFailure({ ...session, ...ended }, () => 0)).toEqual(aftermath);
});

const brief = { isRefusal: false, hasWatched: true, lastedMs: 5 };
const lostConnection = { ...brief, reason: "connection_lost" } as const;
const refusal = { ...brief, reason: "wrong_password", isRefusal: true } as const;

test("countFailure() counts on, by reason and in all, until a session lasts", () => {
  const lostOnce = countFailure(NO_SESSION_FAILURES, lostConnection);
  const lostTwice = countFailure(lostOnce, lostConnection);
  expect(lostTwice).toEqual({ errors: 2, repeats: 2, reason: "connection_lost", refusals: 0 });
  const refused = countFailure(lostTwice, refusal);
  expect(refused).toEqual({ errors: 3, repeats: 1, reason: "wrong_password", refusals: 1 });
  const again = countFailure(refused, refusal);
  expect(again).toEqual({ errors: 4, repeats: 2, reason: "wrong_password", refusals: 2 });
  expect(countFailure(again, { ...refusal, lastedMs: 61_000 })).toEqual({ ...refused, errors: 1 });
});

test("countFailure() takes no session for a good one that did not watch", () => {
  const once = countFailure(NO_SESSION_FAILURES, lostConnection);
  const kept = { ...lostConnection, hasWatched: false, lastedMs: 300_000 };
  expect(countFailure(once, kept).errors).toBe(2);
});
