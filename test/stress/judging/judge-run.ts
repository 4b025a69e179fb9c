import type { Program } from "../../../dev/processes/program.ts";
import type { Cluster } from "../../faults/cluster.ts";
import type { Chaos } from "../../imap-server/chaos/chaos.ts";
import type { Kill } from "../kill-instances.ts";
import type { SentMail } from "../mail-generator.ts";
import { plotRun } from "../report/plot.ts";
import type { Records } from "./read-records.ts";
import type { Sample } from "../sample-processes.ts";
import type { StressOptions } from "../stress-options.ts";
import { judgeStress, type StressReport } from "../report/stress-report.ts";
import {
  countKills,
  countMails,
  countUnexplainedIds,
  measureLatencies,
  summariseLatency,
  summariseLogins,
  summariseProcesses,
} from "./tally.ts";
import { sliceRun } from "../report/timeline.ts";

/** The processes of a run, and its options. */
export interface Run {
  cluster: Cluster;
  chaos: Chaos;
  instances: ReadonlyMap<string, Program>;
  options: StressOptions;
}

/** What was recorded during the run. Times are in ms of `performance.now()`. */
export interface Notes {
  startMs: number;
  sent: SentMail[];
  kills: Kill[];
  samples: Sample[];
  loginsAtMs: number[];
  lies: { atMs: number; count: number }[];
}

export interface Ran {
  notes: Notes;
  records: Records;
  /** The time from the end of the load until every mail was delivered or recorded, in ms. */
  settledMs: number;
}

type RanOn = Pick<StressReport, "machine" | "settings">;

/** Returns the report and the chart of a run. */
export function judgeRun(
  { cluster, chaos, instances, options }: Run,
  { notes, records, settledMs, machine, settings }: Ran & RanOn,
): { report: StressReport; plot: string } {
  const { startMs, sent, kills, lies, samples, loginsAtMs } = notes;
  const { receipts } = cluster;
  const { webhooks, ...totals } = receipts.totals();
  const endMs = performance.now();
  const report = {
    options,
    machine,
    settings,
    mails: countMails(sent, receipts, records),
    recorded: records.byState,
    webhooks: {
      received: webhooks,
      doubledShare: totals.doubled / Math.max(webhooks, 1),
      unexplained: countUnexplainedIds(receipts.severalIds(), records.knownIds),
      ...totals,
    },
    latency: summariseLatency(measureLatencies(sent, receipts)),
    logins: summariseLogins(loginsAtMs, endMs - startMs),
    lies: chaos.counts(),
    kills: countKills(instances.keys(), kills),
    settledMs,
    processes: summariseProcesses(samples),
  };
  const title = `Stress, seed ${options.seed}: ${options.users} users, ${options.instances} instances`;
  const slices = sliceRun(sent, receipts, { startMs, endMs });
  return {
    report: { ...report, faults: judgeStress(report) },
    plot: plotRun({ title, startMs, slices, kills, lies, samples }),
  };
}
