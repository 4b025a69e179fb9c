import { expect, test } from "vitest";
import { ADMIN_ROLES, hasRole, lowerRole } from "./admin-roles.ts";

test.each([
  ["viewer", [true, false, false, false]],
  ["support", [true, true, false, false]],
  ["operator", [true, true, true, false]],
  ["owner", [true, true, true, true]],
] as const)("a %s has its own role and those before it", (role, expected) => {
  expect(ADMIN_ROLES.map((needed) => hasRole(role, needed))).toEqual(expected);
});

test("of two roles the lower one counts", () => {
  expect(lowerRole("owner", "support")).toBe("support");
  expect(lowerRole("viewer", "support")).toBe("viewer");
});
