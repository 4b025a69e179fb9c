import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { expect, test } from "vitest";
import { inCheckout } from "../checkout.ts";
import { runCommand } from "../processes/run-command.ts";
import { temporaryFolder } from "../processes/temporary-folder.ts";
import { toPart } from "./part.ts";
import { readTestReport } from "./test-report.ts";

const REPORTER = JSON.stringify(inCheckout("dev", "test-run", "test-reporter.ts"));

const FILES = {
  "mixed.test.js": `
    let tries = 0;
    test("holds", () => {});
    test("passes at the second try", () => expect(++tries).toBe(2));
    test("fails", () => { throw new Error("out of luck\\nin detail"); });
  `,
  "never-begun.test.js": `
    beforeAll(() => { throw new Error("no server"); });
    test("one", () => {});
    test("another", () => {});
  `,
  "never-loaded.test.js": `throw new Error("no such thing");`,
  "vitest.config.ts": `
    import { testReporter } from ${REPORTER};
    export default { test: { globals: true, retry: 1, reporters: [testReporter("report.json")] } };
  `,
};

test("tests that failed, did not begin or needed a second try are reported by name", async () => {
  await using folder = await temporaryFolder();
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder.path, name), text);
  const vitest = inCheckout("node_modules", "vitest", "vitest.mjs");
  const running = runCommand(process.execPath, {
    args: [vitest, "run", "--root", folder.path],
    cwd: folder.path,
  });
  await expect(running).rejects.toThrow("ended with code 1");

  const report = await readTestReport(join(folder.path, "report.json"));
  const ended = { name: "tests", durationMs: 1, isGood: false, runsTests: true };
  const { remarks, files, ...counts } = toPart({ ...ended, report });
  expect(counts).toMatchObject({ passed: 2, failed: 3, skipped: 2 });
  expect(remarks.map((line) => line.replace(/ \S*\/(?=\S+\.test)/, " ")).toSorted()).toEqual([
    expect.stringMatching(/^! Only at a second try: mixed\.test\.js > passes at the second try: /),
    "✗ mixed.test.js > fails: out of luck",
    "✗ never-begun.test.js: no server",
    "✗ never-loaded.test.js: no such thing",
  ]);
  const mixed = files.find(({ file }) => basename(file) === "mixed.test.js");
  expect(mixed?.durationMs).toBeGreaterThan(0);
});

test("a run that wrote no report has failed", async () => {
  const report = await readTestReport("/nowhere/report.json");
  const ended = { name: "tests", durationMs: 1, isGood: true, runsTests: true };
  expect(toPart({ ...ended, report })).toMatchObject({ passed: 0, failed: 1 });
});

test("a check that runs no tests counts as one", () => {
  const ended = { name: "lint", durationMs: 1, runsTests: false, report: undefined };
  expect(toPart({ ...ended, isGood: true })).toMatchObject({ passed: 1, failed: 0 });
  expect(toPart({ ...ended, isGood: false })).toMatchObject({ failed: 1, remarks: ["✗ lint"] });
});
