import * as v from "valibot";
import { CHECKOUT, inCheckout } from "../checkout.ts";
import { runCommand } from "../run-command.ts";
import { type Check, TEST_CHECKS } from "./checks.ts";

const listed = v.array(v.object({ file: v.string(), projectName: v.string() }));

/**
 * The checks that run these test files, each file once: in the first of its projects.
 *
 * @param filters Parts of paths of test files, and options of vitest such as `-t NAME` behind them.
 * @throws {Error} where no test file has such a path.
 */
export async function selectChecks(filters: readonly string[]): Promise<Check[]> {
  const firstOption = filters.findIndex((filter) => filter.startsWith("-"));
  const paths = firstOption === -1 ? filters : filters.slice(0, firstOption);
  const options = filters.slice(paths.length);
  const found = await listFiles(paths);
  if (found.length === 0) {
    throw new Error(`Cannot test ${paths.join(" ")}: no test file has such a path`);
  }
  const taken = new Set<string>();
  return TEST_CHECKS.flatMap((check) => {
    const files = found
      .filter(({ file, projectName }) => projectName === check.project && !taken.has(file))
      .map(({ file }) => file);
    for (const file of files) taken.add(file);
    const command = [...check.command, ...files, ...options] as const;
    return files.length === 0 ? [] : [{ ...check, command }];
  });
}

async function listFiles(paths: readonly string[]) {
  const vitest = inCheckout("node_modules", "vitest", "vitest.mjs");
  // Last: it takes what follows for a file to write.
  const args = [vitest, "list", ...paths, "--filesOnly", "--json"];
  return v.parse(listed, JSON.parse(await runCommand(process.execPath, { args, cwd: CHECKOUT })));
}
