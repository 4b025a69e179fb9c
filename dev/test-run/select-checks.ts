import * as v from "valibot";
import { CHECKOUT, inCheckout } from "../checkout.ts";
import { runCommand } from "../processes/run-command.ts";
import { type Check, TEST_CHECKS } from "./checks.ts";

const listed = v.array(v.object({ file: v.string(), projectName: v.string() }));

/** The test files to run, given as parts of their paths, and the options to pass to Vitest. */
export interface Selection {
  paths: readonly string[];
  options: readonly string[];
}

/**
 * Parses the arguments of `npm test`: parts of paths of test files, then options of Vitest.
 *
 * @throws {Error} when there are options without a path, or the option --reporter, which would
 * replace testReporter().
 */
export function parseSelection(args: readonly string[]): Selection {
  const firstOption = args.findIndex((arg) => arg.startsWith("-"));
  const paths = firstOption === -1 ? args : args.slice(0, firstOption);
  const options = args.slice(paths.length);
  if (paths.length === 0 && options.length > 0) {
    throw new Error(`Cannot test: found the option ${options[0]}, wanted a path before it`);
  }
  if (options.some((option) => option.startsWith("--reporter"))) {
    throw new Error("Cannot test: --reporter is not possible, since the run reads its own report");
  }
  return { paths, options };
}

/**
 * Returns the checks that run the test files whose path contains one of `paths`. A file of several
 * projects runs only in the first one of TEST_CHECKS.
 *
 * @throws {Error} when one of `paths` matches no test file.
 */
export async function selectChecks({ paths, options }: Selection): Promise<Check[]> {
  const found: v.InferOutput<typeof listed> = [];
  for (const path of paths) {
    const files = await listFiles(path);
    if (files.length === 0)
      throw new Error(`Cannot test ${path}: no test file's path contains this`);
    found.push(...files);
  }
  const taken = new Set<string>();
  return TEST_CHECKS.flatMap((check) => {
    const ofProject = found.filter(({ projectName }) => projectName === check.project);
    const files = [...new Set(ofProject.map(({ file }) => file))].filter(
      (file) => !taken.has(file),
    );
    for (const file of files) taken.add(file);
    const command = [...check.command, ...files, ...options] as const;
    return files.length === 0 ? [] : [{ ...check, command }];
  });
}

async function listFiles(path: string) {
  const vitest = inCheckout("node_modules", "vitest", "vitest.mjs");
  // --json must be last, because a following argument would be used as the name of an output file.
  const args = [vitest, "list", path, "--filesOnly", "--json"];
  return v.parse(listed, JSON.parse(await runCommand(process.execPath, { args, cwd: CHECKOUT })));
}
