import { expect, test } from "vitest";
import { mayMove, statesBefore, USER_STATES, type UserState } from "./user-states.ts";

const LIVING: UserState[] = [
  "new",
  "connecting",
  "watching",
  "backoff",
  "auth_failed",
  "unreachable",
];

const sources: [to: UserState, from: UserState[]][] = [
  ["new", [...USER_STATES]],
  ["connecting", ["new", "connecting"]],
  ["watching", LIVING],
  ["backoff", ["new", "connecting", "watching", "backoff", "unreachable"]],
  ["unreachable", ["new", "connecting", "watching", "backoff", "unreachable"]],
  ["auth_failed", LIVING],
  ["paused", [...LIVING, "paused"]],
  ["archived", [...USER_STATES]],
];

test.each(sources)("%s is reached from these states and no other", (to, from) => {
  expect(statesBefore(to)).toEqual(from);
  for (const state of USER_STATES) expect(mayMove(state, to)).toBe(from.includes(state));
});
