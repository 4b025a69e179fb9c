import { expect, test } from "vitest";
import { type AuditedFields, changedFields } from "./changed-fields.ts";

test.each<[what: string, AuditedFields, AuditedFields, ReturnType<typeof changedFields>]>([
  ["nothing", { a: 1, b: null }, { a: 1, b: null }, undefined],
  ["a field that came as null", {}, { a: null }, undefined],
  ["one of two", { a: 1, b: "x" }, { a: 1, b: "y" }, { before: { b: "x" }, after: { b: "y" } }],
  ["one that was cleared", { a: true }, { a: null }, { before: { a: true }, after: { a: null } }],
  ["one that is new", {}, { a: 1 }, { before: { a: null }, after: { a: 1 } }],
])("changedFields() reports %s", (_what, before, after, expected) => {
  expect(changedFields(before, after)).toEqual(expected);
});
