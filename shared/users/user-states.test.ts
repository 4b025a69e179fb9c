import { expect, test } from "vitest";
import { mayMove, statesBefore, USER_STATES, type UserState } from "./user-states.ts";

const LIVING: UserState[] = [
  "new",
  "connecting",
  "watching",
  "backoff",
  "auth_failed",
  "unreachable",
  "quarantined",
];
const TRYING: UserState[] = LIVING.filter((state) => state !== "auth_failed");

const sources: [to: UserState, from: UserState[]][] = [
  ["new", [...USER_STATES]],
  ["connecting", ["new", "connecting"]],
  ["watching", LIVING],
  ["backoff", TRYING],
  ["unreachable", TRYING],
  ["auth_failed", LIVING],
  ["quarantined", LIVING],
  ["paused", [...LIVING, "paused"]],
  ["archived", [...USER_STATES]],
];

test.each(sources)("%s is reached from these states and no other", (to, from) => {
  expect(statesBefore(to)).toEqual(from);
  for (const state of USER_STATES) expect(mayMove(state, to)).toBe(from.includes(state));
});
