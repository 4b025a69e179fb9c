import { expect, test } from "vitest";
import { toSavedQuery } from "./saved-query.ts";

test.each([
  [{ text: "a b", cursor: "x", sort: "tag", state: "backoff" }, "sort=tag&state=backoff&text=a+b"],
  [{ cursor: "x" }, ""],
])("the query %j is saved as %j", (query, saved) => {
  expect(toSavedQuery(query)).toBe(saved);
});
