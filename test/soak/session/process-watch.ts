import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describeError } from "../../../dev/terminal/describe-error.ts";

/** Observations about the process while it was watched. */
export interface ProcessNotes {
  /** Uncaught exceptions and unhandled rejections. */
  strayErrors: string[];
  /** The highest memory use, minus the memory use at the beginning. */
  peakMib: number;
}

const SAMPLE_MS = 100;
const MIB = 1_024 * 1_024;

const usedMib = () => {
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MIB;
};

/**
 * Returns the memory in use after a garbage collection; null if a collection cannot be requested,
 * as in Bun.
 */
export function settledMib(): number | null {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("typeof gc === 'undefined' ? undefined : gc");
  if (typeof collect !== "function") return null;
  collect();
  return usedMib();
}

/** Watches this process until it is disposed. */
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
