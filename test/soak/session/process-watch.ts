import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describeError } from "../../../dev/terminal/describe-error.ts";

/** What became of the process while it was watched. */
export interface ProcessNotes {
  /** Exceptions that nobody caught, and rejections that nobody handled. */
  strayErrors: string[];
  /** How much memory was taken beyond that at the beginning, at most. */
  peakMib: number;
}

const SAMPLE_MS = 100;
const MIB = 1_024 * 1_024;

const usedMib = () => {
  const { heapUsed, external } = process.memoryUsage();
  return (heapUsed + external) / MIB;
};

/** Memory in use after what is not needed any more was collected; null where that cannot be asked for, as in Bun. */
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
