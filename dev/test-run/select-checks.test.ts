import { glob } from "node:fs/promises";
import { expect, test } from "vitest";
import { CHECKOUT, inCheckout } from "../checkout.ts";
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

test("every test file belongs to a part", async () => {
  const checks = await selectChecks({ paths: [".test.ts"], options: [] });
  const chosen = new Set(checks.flatMap(({ command }) => command));
  const left: string[] = [];
  const folders = "{admin,bench,client,db,dev,edge,examples,fleet,ops,reference,shared,test}";
  for await (const path of glob(`${folders}/**/*.test.{ts,tsx}`, { cwd: CHECKOUT }))
    if (!chosen.has(inCheckout(path))) left.push(path);
  expect(chosen.size).toBeGreaterThan(400);
  expect(left).toEqual([]);
});

test("a path without a test file is refused, even among others", async () => {
  const paths = ["shared/concurrency/backoff", "test/nowhere"];
  await expect(selectChecks({ paths, options: [] })).rejects.toThrow("Cannot test test/nowhere");
});
