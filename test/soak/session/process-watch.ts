import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describeError } from "../../../dev/terminal/describe-error.ts";

/** What was observed in this process. */
export interface ProcessNotes {
  /** Uncaught exceptions and unhandled rejections. */
  strayErrors: string[];
  /** The highest memory use minus the memory use at the start, in MiB. */
  peakMib: number;
}

const SAMPLE_MS = 100;
const MIB = 1_024 * 1_024;

const usedMib = () => {
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MIB;
};

/**
 * Collects garbage, and returns the memory use in MiB. Returns null in runtimes that cannot collect
 * garbage on request, such as Bun.
 */
export function settledMib(): number | null {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("typeof gc === 'undefined' ? undefined : gc");
  if (typeof collect !== "function") return null;
  collect();
  return usedMib();
}

/** Observes this process until disposed. */
export function watchProcess(): Disposable & { notes: ProcessNotes } {
  const startMib = usedMib();
  const notes: ProcessNotes = { strayErrors: [], peakMib: 0 };
  const onError = (error: unknown) => {
    const stack = error instanceof Error ? `\n${error.stack}` : "";
    notes.strayErrors.push(describeError(error) + stack);
  };
  const sampling = setInterval(() => {
    notes.peakMib = Math.max(notes.peakMib, usedMib() - startMib);
  }, SAMPLE_MS);
  process.on("unhandledRejection", onError).on("uncaughtException", onError);
  return {
    notes,
    [Symbol.dispose]() {
      clearInterval(sampling);
      process.off("unhandledRejection", onError).off("uncaughtException", onError);
    },
  };
}
