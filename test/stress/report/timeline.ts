import { percentile } from "../../../bench/figures.ts";
import type { Receipts } from "../../faults/receipts.ts";
import type { SentMail } from "../mail-generator.ts";

/** What happened in a slice of the run. */
export interface Slice {
  /** The end of the slice, in seconds since the start of the run. */
  atS: number;
  sentPerS: number;
  deliveredPerS: number;
  /**
   * The median latency of the mails that were sent in this slice. Null means that none of them
   * arrived.
   */
  p50Ms: number | null;
  p99Ms: number | null;
}

const SLICE_MS = 2_000;

/** Divides a run into slices of 2 s. Only mails that were delivered have a latency. */
export function sliceRun(
  sent: readonly SentMail[],
  receipts: Pick<Receipts, "firstAtMs">,
  { startMs, endMs }: { startMs: number; endMs: number },
): Slice[] {
  const sliceAt = (ms: number) => Math.floor((ms - startMs) / SLICE_MS);
  const sentIn = Map.groupBy(sent, ({ sentAtMs }) => sliceAt(sentAtMs));
  const arrivals = sent.flatMap(({ n }) => receipts.firstAtMs(n) ?? []);
  const arrivedIn = Map.groupBy(arrivals, sliceAt);
  return Array.from({ length: sliceAt(endMs) + 1 }, (_, slice) => {
    const mails = sentIn.get(slice) ?? [];
    const latenciesMs = mails.flatMap(({ n, sentAtMs }) => {
      const atMs = receipts.firstAtMs(n);
      return atMs === undefined ? [] : [atMs - sentAtMs];
    });
    const latency = (share: number) =>
      latenciesMs.length === 0 ? null : percentile(latenciesMs, share);
    return {
      atS: ((slice + 1) * SLICE_MS) / 1_000,
      sentPerS: mails.length / (SLICE_MS / 1_000),
      deliveredPerS: (arrivedIn.get(slice)?.length ?? 0) / (SLICE_MS / 1_000),
      p50Ms: latency(0.5),
      p99Ms: latency(0.99),
    };
  });
}
