import { expect, test } from "vitest";
import { schemaDrift } from "./schema-drift.ts";

const DUMP = "partners\n  id text not null\n  name text not null\n\nusers\n  id text not null\n";

test("a schema does not differ from itself", () => {
  expect(schemaDrift(DUMP, DUMP)).toEqual([]);
});

test("columns that are missing and columns that are not ours are named with their tables", () => {
  const found =
    "partners\n  id text not null\n  name text\n\nusers\n  id text not null\n  shoe_size int\n";
  expect(schemaDrift(DUMP, found)).toEqual([
    "missing: partners name text not null",
    "not ours: partners name text",
    "not ours: users shoe_size int",
  ]);
});
