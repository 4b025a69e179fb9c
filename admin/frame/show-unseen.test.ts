import { expect, test } from "vitest";
import { makeVisible } from "./show-unseen.ts";

test.each([
  [null, "invoice\u202Efdp", String.raw`invoice\u202efdp`],
  [null, "plain", "plain"],
  [null, 7, 7],
  ["a", { title: "\u2066x", href: "/" }, { title: String.raw`\u2066x`, href: "/" }],
  ["input", { value: "\u202Ex" }, { value: "\u202Ex" }],
])("a node %o with %o shows %o", (type, props, shown) => {
  const node: { type: unknown; props: unknown } = { type, props };
  makeVisible(node);
  expect(node.props).toEqual(shown);
});
