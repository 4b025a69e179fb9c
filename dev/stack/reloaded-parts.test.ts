import { expect, test } from "vitest";
import { findReloadedParts } from "./reloaded-parts.ts";

test.each([
  ["edge/app.ts", ["edge"]],
  ["fleet/roster/roster.ts", ["fleet"]],
  ["admin/parts/badge.tsx", ["pages"]],
  ["admin/style/main.css", ["pages"]],
  ["reference/main.ts", ["pages"]],
  ["db/users/users.ts", ["edge", "fleet"]],
  ["shared/ids.ts", ["edge", "fleet", "pages"]],
  ["shared/ids.test.ts", []],
  ["db/migrations/0001-initial.sql", []],
  ["edge/app.ts~", []],
  ["dev/start.ts", []],
])("a change of %s reloads %j", (path, parts) => {
  expect(findReloadedParts(path)).toEqual(parts);
});
