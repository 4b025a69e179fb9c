import { expect, test } from "vitest";
import { isInstalled } from "./installed.mjs";

const locked = {
  packages: {
    "": { version: "0.1.0" },
    "node_modules/hono": { version: "4.0.0" },
    "node_modules/only-on-darwin": { version: "1.0.0", optional: true },
  },
};
const hono = { "node_modules/hono": { version: "4.0.0" } };

test.each([
  ["nothing was installed", undefined, false],
  ["all is there", { packages: hono }, true],
  ["a package is missing", { packages: {} }, false],
  [
    "a package has another version",
    { packages: { "node_modules/hono": { version: "3.9.9" } } },
    false,
  ],
  [
    "an optional package has another version",
    { packages: { ...hono, "node_modules/only-on-darwin": { version: "0.9.0" } } },
    false,
  ],
  [
    "a package is no longer wanted",
    { packages: { ...hono, "node_modules/old": { version: "1.0.0" } } },
    false,
  ],
])("isInstalled() when %s", (_name, found, expected) => {
  expect(isInstalled(locked, found)).toBe(expected);
});
