import { expect, test } from "vitest";
import { type Aftermath, afterFailure, type EndedSession } from "./after-failure.ts";

const session: EndedSession = { failure: null, errors: 1, retryAfterMs: null, isHunting: false };
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
    "the fourth waits eight",
    { failure: wrong, errors: 4 },
    { state: "auth_failed", delayMs: 480_000 },
  ],
  [
    "the hundredth waits an hour",
    { failure: wrong, errors: 100 },
    { state: "auth_failed", delayMs: 3_600_000 },
  ],
  [
    "a mailbox that Exchange does not open",
    { failure: notConnected },
    { state: "backoff", delayMs: 0 },
  ],
  [
    "one that it never opens",
    { failure: notConnected, errors: 3 },
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
