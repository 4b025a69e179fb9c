import { readFile } from "node:fs/promises";
import { relative } from "node:path";
import * as v from "valibot";
import { CHECKOUT } from "./checkout.ts";

/** What became of the tests, and what a reader of the last lines must know. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
  /** A line for each test that failed, or passed only when it was tried again. */
  remarks: readonly string[];
}

const testReport = v.object({
  fullName: v.string(),
  status: v.string(),
  failureMessages: v.array(v.string()),
});

/** As vitest's JSON reporter writes it. */
const vitestReport = v.object({
  numPassedTests: v.number(),
  numFailedTests: v.number(),
  numPendingTests: v.number(),
  numTodoTests: v.number(),
  testResults: v.array(
    v.object({
      name: v.string(),
      status: v.string(),
      message: v.string(),
      assertionResults: v.array(testReport),
    }),
  ),
});

type FileReport = v.InferOutput<typeof vitestReport>["testResults"][number];

/** Reads a report; one that was never written counts as one failure. */
export async function readVitestReport(file: string): Promise<Counts> {
  const written = await readFile(file, "utf8").catch(() => undefined);
  if (written === undefined) {
    return { passed: 0, failed: 1, skipped: 0, remarks: [`✗ ${file} was not written`] };
  }
  const report = v.parse(vitestReport, JSON.parse(written));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
    remarks: report.testResults.flatMap((one) => [...failuresOf(one), ...secondTriesOf(one)]),
  };
}

/** A file whose tests did not even begin has failed without a failed test. */
function failuresOf({ name, status, message, assertionResults }: FileReport): string[] {
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (failed.length > 0) return failed.map((test) => `✗ ${inWords(name, test)}`);
  return status === "failed" ? [`✗ ${relative(CHECKOUT, name)}: ${firstLine(message)}`] : [];
}

const secondTriesOf = ({ name, assertionResults }: FileReport): string[] =>
  assertionResults
    .filter(({ status, failureMessages }) => status === "passed" && failureMessages.length > 0)
    .map((test) => `! Only at a second try: ${inWords(name, test)}`);

const inWords = (file: string, { fullName, failureMessages }: v.InferOutput<typeof testReport>) =>
  `${relative(CHECKOUT, file)} > ${fullName}: ${firstLine(failureMessages[0])}`;

const firstLine = (text = "") => text.split("\n", 1)[0] ?? "";
