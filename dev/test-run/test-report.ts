import { readFile } from "node:fs/promises";
import * as v from "valibot";

const testReport = v.object({
  title: v.string(),
  state: v.picklist(["passed", "failed", "skipped"]),
  durationMs: v.number(),
  /**
   * The first line of the test's first error. A test that passed has an error if it passed only
   * after a retry.
   */
  error: v.nullable(v.string()),
});
export type TestReport = v.InferOutput<typeof testReport>;

const fileReport = v.object({
  /** The path of the file, relative to the checkout. */
  file: v.string(),
  hasFailed: v.boolean(),
  /** Errors outside the file's tests, for example in a hook. */
  errors: v.array(v.string()),
  /** The time for loading, hooks and tests. */
  durationMs: v.number(),
  tests: v.array(testReport),
});
export type FileReport = v.InferOutput<typeof fileReport>;

const runReport = v.object({
  files: v.array(fileReport),
  /** Errors that belong to no test file, such as unhandled rejections. */
  errors: v.array(v.string()),
});
export type RunReport = v.InferOutput<typeof runReport>;

/**
 * Reads the file that testReporter() writes. Returns undefined when the file does not exist, for
 * example because the run was aborted.
 */
export async function readTestReport(file: string): Promise<RunReport | undefined> {
  const written = await readFile(file, "utf8").catch(() => undefined);
  return written === undefined ? undefined : v.parse(runReport, JSON.parse(written));
}
