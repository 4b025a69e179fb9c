import { expect, test } from "vitest";
import { describeChange } from "./describe-change.ts";

const NOTHING = { before: null, after: null, details: {} };

test.each([
  [{}, []],
  [
    { before: { paused: false, name: null }, after: { paused: true, name: "A" } },
    [
      { field: "paused", before: "no", after: "yes" },
      { field: "name", before: "none", after: "A" },
    ],
  ],
  [{ after: { port: 993 } }, [{ field: "port", after: "993" }]],
  [{ before: { email: "a@x.test" } }, [{ field: "email", before: "a@x.test" }]],
  [
    { details: { fields: "tag email", letters: 3, filter: { error: "500" } } },
    [
      { field: "tag" },
      { field: "email" },
      { field: "letters", after: "3" },
      { field: "filter", after: '{"error":"500"}' },
    ],
  ],
  [{ before: "odd", details: ["odd"] }, []],
])("the entry %j is shown as %j", (entry, shown) => {
  expect(describeChange({ ...NOTHING, ...entry })).toEqual(shown);
});
