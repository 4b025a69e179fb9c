import type { FileReport, RunReport, TestReport } from "./test-report.ts";

/** The result of one check of a run. */
export interface Part {
  name: string;
  durationMs: number;
  passed: number;
  failed: number;
  skipped: number;
  /** A line for each test that failed, or passed only after a retry. */
  remarks: readonly string[];
  /** The reports of the test files; empty when the check runs no tests. */
  files: readonly FileReport[];
}

export interface EndedCheck {
  name: string;
  durationMs: number;
  /** Whether the check's exit code was 0. */
  isGood: boolean;
  runsTests: boolean;
  report: RunReport | undefined;
}

/**
 * Converts an ended check into its part of the run's result. A check without tests counts as one
 * test. A failure outside all tests counts as one failure.
 */
export function toPart({ name, durationMs, isGood, runsTests, report }: EndedCheck): Part {
  const part = { name, durationMs, passed: 0, failed: 0, skipped: 0, remarks: [], files: [] };
  if (!runsTests && isGood) return { ...part, passed: 1 };
  if (!report) {
    const why = runsTests ? ": wrote no report" : "";
    return { ...part, failed: 1, remarks: [`✗ ${name}${why}`] };
  }
  const { files, errors } = report;
  const failures = [
    ...errors.map((message) => `✗ ${name}: ${message}`),
    ...files.flatMap(listFailures),
  ];
  if (!isGood && failures.length === 0) failures.push(`✗ ${name}`);
  const states = files.flatMap(({ tests }) => tests.map(({ state }) => state));
  const count = (wanted: TestReport["state"]) => states.filter((state) => state === wanted).length;
  return {
    ...part,
    passed: count("passed"),
    failed: failures.length,
    skipped: count("skipped"),
    remarks: [...failures, ...files.flatMap(listSecondTries)],
    files,
  };
}

/**
 * Returns a line for each failed test of a file. If the file failed without a failed test, for
 * example while loading, returns one line for the file.
 */
function listFailures({ file, hasFailed, errors, tests }: FileReport): string[] {
  const failed = tests.filter(({ state }) => state === "failed");
  if (failed.length > 0) return failed.map((test) => `✗ ${inWords(file, test)}`);
  return hasFailed ? [`✗ ${file}: ${errors[0] ?? "did not load"}`] : [];
}

const listSecondTries = ({ file, tests }: FileReport): string[] =>
  tests
    .filter(({ state, error }) => state === "passed" && error !== null)
    .map((test) => `! Only at a second try: ${inWords(file, test)}`);

const inWords = (file: string, { title, error }: TestReport) =>
  `${file} > ${title}: ${error ?? "no error"}`;
