import { expect, test } from "vitest";
import { oldNatsVersions } from "./old-nats.ts";

test.each([
  [["2.9.10"], ["2.9.10"]],
  [["2.10.29"], ["2.10.29"]],
  [["1.4.1"], ["1.4.1"]],
  [["2.11.0"], []],
  [["2.11.0-RC.1"], []],
  [["2.12.2"], []],
  [["3.0.0"], []],
  [["2"], []],
  [["dev"], []],
  [[""], []],
  [[null], []],
  [[], []],
  [
    ["2.10.3", null, "2.9.10", "2.12.0", "2.9.10"],
    ["2.9.10", "2.10.3"],
  ],
])("of %j too old are %j", (versions, old) => {
  expect(oldNatsVersions(versions)).toEqual(old);
});
