import { expect, test } from "vitest";
import { countByState } from "./user-counts.ts";

const counted = [
  { state: "new", users: 5 },
  { state: "watching", users: 90 },
  { state: "auth_failed", users: 8 },
  { state: "archived", users: 40 },
  { state: "paused", users: 3 },
] as const;
const holder = (capacity: number, users_held: number) =>
  ({ state: "up", capacity, users_held }) as const;

test("users to watch are those that are tried and those that could be", () => {
  const users = countByState(counted, 2, [holder(60, 50), holder(60, 49)]);
  expect(users).toMatchObject({ to_watch: 100, held: 99, unassigned: 0 });
  expect(users.by_state).toContainEqual({ state: "backoff", users: 0 });
  expect(users.by_state).toContainEqual({ state: "archived", users: 40 });
});

test.each([
  ["no instance", [], 100, 0],
  ["too small an instance", [holder(70, 70)], 30, 70],
  ["an instance that is gone", [{ ...holder(500, 100), state: "gone" as const }], 100, 0],
  ["an instance that is cut off", [{ ...holder(500, 100), state: "cut_off" as const }], 100, 100],
  ["an instance that drains", [{ ...holder(500, 100), state: "draining" as const }], 100, 100],
  ["one for webhooks", [holder(100, 100), holder(0, 0)], 0, 100],
])("with %s", (_what, instances, unassigned, held) => {
  expect(countByState(counted, 2, instances)).toMatchObject({ unassigned, held });
});
