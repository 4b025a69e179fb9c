import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { inCheckout } from "./checkout.ts";
import { runCommand } from "./run-command.ts";
import { temporaryFolder } from "./temporary-folder.ts";
import { readVitestReport } from "./vitest-report.ts";

const FILES = {
  "mixed.test.js": `
    let tries = 0;
    test("holds", () => {});
    test("holds at last", () => expect(++tries).toBe(2));
    test("fails", () => { throw new Error("out of luck\\nin detail"); });
  `,
  "never-begun.test.js": `
    beforeAll(() => { throw new Error("no server"); });
    test("one", () => {});
    test("another", () => {});
  `,
};

test("what failed, did not begin or needed a second try is told by name", async () => {
  await using folder = await temporaryFolder();
  for (const [name, text] of Object.entries(FILES)) await writeFile(join(folder.path, name), text);
  const report = join(folder.path, "report.json");
  const vitest = inCheckout("node_modules", "vitest", "vitest.mjs");
  const args = ["run", "--globals", "--retry=1", "--reporter=json", `--outputFile=${report}`];
  const running = runCommand(process.execPath, {
    args: [vitest, ...args, "--root", folder.path],
    cwd: folder.path,
  });
  await expect(running).rejects.toThrow("ended with code 1");

  const { remarks, ...counts } = await readVitestReport(report);
  expect(counts).toEqual({ passed: 2, failed: 1, skipped: 2 });
  expect(remarks.map((line) => line.replace(/ \S*\/(?=\S+\.test)/, " ")).toSorted()).toEqual([
    expect.stringMatching(/^! Only at a second try: mixed\.test\.js > holds at last: Assert/),
    "✗ mixed.test.js > fails: Error: out of luck",
    "✗ never-begun.test.js: no server",
  ]);
});

test("a report that was never written is a failure", async () => {
  await using folder = await temporaryFolder();
  const report = join(folder.path, "report.json");
  expect(await readVitestReport(report)).toMatchObject({ passed: 0, failed: 1 });
});
