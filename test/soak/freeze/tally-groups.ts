import * as v from "valibot";
import { percentile } from "../../../bench/figures.ts";
import type { ClusterPartner } from "../../faults/cluster-partner.ts";
import type { GroupFigures } from "./freeze-report.ts";
import type { Group } from "./party.ts";

/** A time span, in ms of `performance.now()`. */
export interface TimeSpan {
  fromMs: number;
  toMs: number;
}

/** Measures a group. The latency includes only mails that were sent in the time span. */
export function measureGroup(
  group: Group,
  { ledger, receipts, logins, watchfulness }: ClusterPartner,
  { fromMs, toMs }: TimeSpan,
): GroupFigures {
  const mails = ledger
    .sentAtMs()
    .map((sentAtMs, n) => ({ sentAtMs, cameAtMs: receipts.firstAtMs(n) }));
  const meanwhile = mails.filter(({ sentAtMs }) => sentAtMs >= fromMs && sentAtMs < toMs);
  const latencies = meanwhile.flatMap(({ sentAtMs, cameAtMs }) =>
    cameAtMs === undefined ? [] : [Math.round(cameAtMs - sentAtMs)],
  );
  return {
    group,
    sent: meanwhile.length,
    delivered: meanwhile.filter(({ cameAtMs }) => cameAtMs !== undefined && cameAtMs < toMs).length,
    latency:
      latencies.length === 0
        ? null
        : {
            p50Ms: percentile(latencies, 0.5),
            p99Ms: percentile(latencies, 0.99),
            maxMs: percentile(latencies, 1),
          },
    logins: logins.reduce((sum, login) => sum + watchfulness.logins(login), 0),
    longestGapMs: Math.round(watchfulness.longestGapMs(logins)),
    lost: mails.filter(({ cameAtMs }) => cameAtMs === undefined).length,
    doubled: receipts.totals().doubled,
  };
}

const errorLine = v.pipe(
  v.string(),
  v.parseJson(),
  v.object({ level: v.literal("error"), event: v.string() }),
);

/** Counts the log lines with the level `error` by event name. */
export function countErrors(lines: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const line of lines) {
    const parsed = v.safeParse(errorLine, line);
    if (parsed.success) counts[parsed.output.event] = (counts[parsed.output.event] ?? 0) + 1;
  }
  return counts;
}
