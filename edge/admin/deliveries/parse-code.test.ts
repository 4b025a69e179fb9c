import { expect, test } from "vitest";
import { parseCode } from "./parse-code.ts";

test.each([
  ["503", { from: 503, to: 503 }],
  ["4XX", { from: 400, to: 499 }],
  ["none", null],
])("%s means the statuses %j", (text, statuses) => {
  expect(parseCode(text)).toEqual(statuses);
});
