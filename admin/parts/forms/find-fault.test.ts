import { expect, test } from "vitest";
import { type Faults, findFault } from "./find-fault.ts";

test.each<[what: string, Faults, expected: string | undefined]>([
  ["without faults has none", {}, undefined],
  ["is not blamed for another", { other: "is missing" }, undefined],
  ["is not blamed for one whose name begins alike", { origins_old: "is missing" }, undefined],
  ["has its own", { origins: "is missing" }, "is missing"],
  ["has that of its line", { "origins.1": "must be an origin" }, "Line 2 must be an origin"],
  ["has that of its part", { "origins.prompt": "is blank" }, "“prompt” is blank"],
  ["has its own before its parts'", { "origins.0": "is blank", origins: "is long" }, "is long"],
])("a field %s", (_what, faults, expected) => {
  expect(findFault(faults, "origins")).toBe(expected);
});
