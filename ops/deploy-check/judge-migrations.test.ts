import { expect, test } from "vitest";
import { judgeMigrations } from "./judge-migrations.ts";

test.each([
  [["1", "2"], ["1", "2"], { kind: "current" }],
  [["1", "2", "3"], ["1"], { kind: "pending", names: ["2", "3"] }],
  [["1"], [], { kind: "pending", names: ["1"] }],
  [["1"], ["1", "2"], { kind: "newer", names: ["2"] }],
  [["1", "2", "3"], ["1", "3"], { kind: "gap", names: ["2"] }],
])("of %j the database has had %j", (known, applied, expected) => {
  expect(judgeMigrations(known, applied)).toEqual(expected);
});
