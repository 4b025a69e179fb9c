import type { Counts } from "./vitest-report.ts";

/** The last words of a run, and whether it is to be called a success. */
export function summary(counts: Counts, options: { mayBeSkipped: boolean }) {
  const { passed, failed, skipped, remarks } = counts;
  const isSkippedWrongly = skipped > 0 && !options.mayBeSkipped;
  const complaint = isSkippedWrongly ? "Nothing may be skipped here\n" : "";
  return {
    text: `\n${remarks.map((line) => `${line}\n`).join("")}${complaint}${passed} passed, ${failed} failed, ${skipped} skipped`,
    isGood: failed === 0 && passed > 0 && !isSkippedWrongly,
  };
}
