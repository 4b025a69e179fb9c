import { expect, test } from "vitest";
import { unreadyReason } from "./readiness.ts";

test.each([
  [0, 0, "there is no admin yet"],
  [1, 1, "default password"],
  [2, 1, "default password"],
])(
  "with %i admins, of whom %i have the default password, sign-in is refused",
  (all, some, reason) => {
    expect(unreadyReason({ all, withDefaultPassword: some })).toContain(reason);
  },
);

test("an admin with another password may sign in", () => {
  expect(unreadyReason({ all: 1, withDefaultPassword: 0 })).toBeUndefined();
});
