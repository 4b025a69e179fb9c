import { expect, test } from "vitest";
import { nextOrder, sortedHref, toAriaSort } from "./sorting.ts";

test.each([
  ["-created", "tag", "none", "tag"],
  ["tag", "tag", "ascending", "-tag"],
  ["-tag", "tag", "descending", "tag"],
  ["-created", "-state_changed", "none", "-state_changed"],
  ["-state_changed", "-state_changed", "descending", "state_changed"],
  ["state_changed", "-state_changed", "ascending", "-state_changed"],
])("in the order %s, the column %s is %s and leads to %s", (order, first, aria, next) => {
  expect([toAriaSort(order, first), nextOrder(order, first)]).toEqual([aria, next]);
});

test.each([
  ["tag", "/admin/users?text=a&sort=tag"],
  ["-created", "/admin/users?text=a"],
])("the order %s has the address %s, from the first page", (order, href) => {
  const query = { text: "a", cursor: "usr_1", sort: "-tag" };
  expect(sortedHref("/admin/users", query, { order, usual: "-created" })).toBe(href);
});
