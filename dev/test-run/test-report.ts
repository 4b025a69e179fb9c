import { readFile } from "node:fs/promises";
import * as v from "valibot";

const testReport = v.object({
  title: v.string(),
  state: v.picklist(["passed", "failed", "skipped"]),
  durationMs: v.number(),
  /** The first line of its first error. One that passed has it where it had to be tried again. */
  error: v.nullable(v.string()),
});
export type TestReport = v.InferOutput<typeof testReport>;

const fileReport = v.object({
  /** Its path in the checkout. */
  file: v.string(),
  hasFailed: v.boolean(),
  /** What failed outside of its tests, such as a hook: its tests did not begin then. */
  errors: v.array(v.string()),
  /** Its loading, hooks and tests. */
  durationMs: v.number(),
  tests: v.array(testReport),
});
export type FileReport = v.InferOutput<typeof fileReport>;

const runReport = v.object({
  files: v.array(fileReport),
  /** What was thrown outside of all files. */
  errors: v.array(v.string()),
});
export type RunReport = v.InferOutput<typeof runReport>;

/** Reads what testReporter() wrote; undefined where the run broke off before. */
export async function readTestReport(file: string): Promise<RunReport | undefined> {
  const written = await readFile(file, "utf8").catch(() => undefined);
  return written === undefined ? undefined : v.parse(runReport, JSON.parse(written));
}
