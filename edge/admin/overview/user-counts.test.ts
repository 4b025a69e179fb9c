import { expect, test } from "vitest";
import { countByState } from "./user-counts.ts";

const facts = {
  usersByState: { new: 5, watching: 90, auth_failed: 8, archived: 40, paused: 3 },
  usersToWatch: 100,
};
const holder = (capacity: number, users_held: number) =>
  ({ state: "up", capacity, users_held }) as const;

test("users are counted in every state", () => {
  const users = countByState(facts, [holder(60, 50), holder(60, 49)]);
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
  expect(countByState(facts, instances)).toMatchObject({ unassigned, held });
});
