import type { Part } from "./part.ts";

/** Returns the summary that ends a test run's output, and whether the run was successful. */
export function summary(parts: readonly Part[], options: { mayBeSkipped: boolean }) {
  const sum = (of: (part: Part) => number) => parts.reduce((total, part) => total + of(part), 0);
  const passed = sum((part) => part.passed);
  const failed = sum((part) => part.failed);
  const skipped = sum((part) => part.skipped);
  const isSkippedWrongly = skipped > 0 && !options.mayBeSkipped;
  const lines = [
    ...parts.flatMap(({ remarks }) => remarks),
    ...(isSkippedWrongly ? ["Nothing may be skipped here"] : []),
    `${passed} passed, ${failed} failed, ${skipped} skipped`,
  ];
  return {
    text: `\n${lines.join("\n")}`,
    isGood: failed === 0 && passed > 0 && !isSkippedWrongly,
  };
}
