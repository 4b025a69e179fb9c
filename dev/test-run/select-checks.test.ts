import { expect, test } from "vitest";
import { parseSelection, selectChecks } from "./select-checks.ts";

test("paths come first, and options of vitest behind them", () => {
  expect(parseSelection(["test/db", "shared", "-t", "a name"])).toEqual({
    paths: ["test/db", "shared"],
    options: ["-t", "a name"],
  });
  expect(parseSelection([])).toEqual({ paths: [], options: [] });
});

test.each([
  [["-t", "a name"], "found the option -t, wanted a path before it"],
  [["shared", "--reporter=verbose"], "--reporter is not possible"],
])("%j is refused", (args, text) => {
  expect(() => parseSelection(args)).toThrow(text);
});

test("each file runs once, in the part that needs least", async () => {
  const paths = ["shared/concurrency/backoff.test.ts", "test/webhook/attempts/attempt.test.ts"];
  const checks = await selectChecks({ paths, options: [] });
  expect(checks.map(({ name }) => name)).toEqual(["tests: unit", "tests: fleet under Bun"]);
});

test("a path without a test file is refused, even among others", async () => {
  const paths = ["shared/concurrency/backoff", "test/nowhere"];
  await expect(selectChecks({ paths, options: [] })).rejects.toThrow("Cannot test test/nowhere");
});
