import { expect, test } from "vitest";
import { refuseOldServer } from "./server-version.ts";

test("a current nats-server is accepted", () => {
  expect(() => refuseOldServer("2.15.1")).not.toThrow();
});

test.each([
  ["2.10.4", "found version 2.10.4, wanted 2.10.5 or later"],
  [undefined, "found version unknown, wanted 2.10.5 or later"],
])("nats-server %s is refused", (version, text) => {
  expect(() => refuseOldServer(version)).toThrow(text);
});
