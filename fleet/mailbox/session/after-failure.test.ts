import { expect, test } from "vitest";
import {
  type Aftermath,
  afterFailure,
  countFailure,
  type EndedSession,
  NO_FAILURES,
} from "./after-failure.ts";

const session: EndedSession = {
  failure: null,
  errors: 1,
  repeats: 1,
  retryAfterMs: null,
  isHunting: false,
};
const lost = { kind: "transient", reason: "connection_lost" } as const;
const down = { kind: "transient", reason: "provider_unavailable" } as const;
const wrong = { kind: "auth_failed", reason: "wrong_password" } as const;
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
  expect(afterFailure({ ...session, ...ended }, () => 0)).toEqual(aftermath);
});

test("countFailure() counts on, by reason and in all, until a session lasts", () => {
  const lostOnce = countFailure(NO_FAILURES, "connection_lost", 5);
  const lostTwice = countFailure(lostOnce, "connection_lost", 5);
  expect(lostTwice).toEqual({ errors: 2, repeats: 2, reason: "connection_lost" });
  const refused = countFailure(lostTwice, "wrong_password", 5);
  expect(refused).toEqual({ errors: 3, repeats: 1, reason: "wrong_password" });
  expect(countFailure(refused, "wrong_password", 61_000)).toEqual({ ...refused, errors: 1 });
});
