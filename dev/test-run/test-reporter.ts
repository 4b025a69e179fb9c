import { writeFile } from "node:fs/promises";
import { relative } from "node:path";
import type { Reporter, TestCase, TestModule } from "vitest/node";
import { CHECKOUT } from "../checkout.ts";
import type { FileReport, TestReport } from "./test-report.ts";

/**
 * Returns a reporter for Vitest. It writes the result and the duration of each test to a file,
 * which readTestReport() reads.
 */
export const testReporter = (file: string): Reporter => ({
  async onTestRunEnd(modules, errors) {
    const report = {
      files: modules.map(toFileReport),
      errors: errors.map(({ message }) => message),
    };
    await writeFile(file, JSON.stringify(report));
  },
});

function toFileReport(module: TestModule): FileReport {
  const times = module.diagnostic();
  return {
    file: relative(CHECKOUT, module.moduleId),
    hasFailed: module.state() === "failed",
    errors: module.errors().map(({ message }) => firstLine(message)),
    durationMs: Math.round(
      times.environmentSetupDuration +
        times.prepareDuration +
        times.collectDuration +
        times.setupDuration +
        times.duration,
    ),
    tests: [...module.children.allTests()].map(toTestReport),
  };
}

function toTestReport(test: TestCase): TestReport {
  const { state, errors = [] } = test.result();
  return {
    title: test.fullName,
    // A test that was still running at the end of the run counts as failed.
    state: state === "pending" ? "failed" : state,
    durationMs: Math.round(test.diagnostic()?.duration ?? 0),
    error: errors.length === 0 ? null : firstLine(errors[0]?.message),
  };
}

const firstLine = (text = "") => text.split("\n", 1)[0] ?? "";
