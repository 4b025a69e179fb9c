import type { ProcessFigures, StressReport } from "./stress-report.ts";

/** Describes the report for a terminal. */
export function describeReport(report: StressReport): string {
  const { options, mails, webhooks, logins, latency } = report;
  const rows: [string, string][] = [
    ["seed", String(options.seed)],
    ["on", report.machine],
    ["load", describeLoad(report)],
    ["mails", `${count(mails.sent)} put into mailboxes`],
    ["to deliver", `${count(mails.toDeliver)}, delivered ${count(mails.delivered)}`],
    [
      "lost",
      `${count(mails.lost)} (parked ${count(mails.parked)}, without a recorded end ${count(mails.queued)})`,
    ],
    ["to skip", `${count(mails.toSkip)}, recorded as skipped ${count(mails.skipped)}`],
    ["mail_logs", formatCounts(report.recorded)],
    ["webhooks", `${count(webhooks.received)}, with a wrong signature ${webhooks.forged}`],
    [
      "doubled",
      `${webhooks.doubled} (${(webhooks.doubledShare * 100).toFixed(2)} %) under the same id`,
    ],
    ["", `ids with two bodies ${webhooks.idsWithTwoBodies}`],
    [
      "",
      `mails under two ids ${webhooks.mailsWithTwoIds}: ${webhooks.mailsWithTwoIds - webhooks.unexplained} by a crash before a change of UIDVALIDITY`,
    ],
    [
      "latency",
      latency
        ? `p50 ${ms(latency.p50Ms)}, p99 ${ms(latency.p99Ms)}, longest ${ms(latency.maxMs)}`
        : "nothing was delivered",
    ],
    ["settled", `${ms(report.settledMs)} after the last mail`],
    [
      "logins",
      `${count(logins.total)}, ${logins.perSecond.toFixed(1)} a second, ${logins.busiestSecond} in the busiest`,
    ],
    ["kills", formatCounts(report.kills)],
    ["lies", formatCounts(report.lies)],
    ["settings", formatCounts(report.settings)],
  ];
  return [
    ...rows.map(([name, value]) => `${name.padEnd(11)} ${value}`),
    "",
    ...describeProcesses(report.processes),
    "",
    report.faults.length === 0
      ? "✓ Nothing is lost"
      : report.faults.map((fault) => `✗ ${fault}`).join("\n"),
  ].join("\n");
}

function describeLoad({ options }: StressReport): string {
  const { users, instances, ratePerS, loadMs, hasChaos, killEveryMs } = options;
  const kills = killEveryMs === null ? "no kills" : `a kill each ${killEveryMs / 1_000} s`;
  return [
    `${count(users)} users`,
    `${instances} instances`,
    `${ratePerS} mails a second for ${loadMs / 60_000} min`,
    `chaos ${hasChaos ? "on" : "off"}`,
    kills,
  ].join(", ");
}

function describeProcesses(processes: readonly ProcessFigures[]): string[] {
  const line = (cells: readonly string[]) =>
    cells.map((cell, i) => (i === 0 ? cell.padEnd(24) : cell.padStart(14))).join("");
  return [
    line(["process", "RSS at most", "CPU, mean", "sockets"]),
    ...processes.map(({ process, maxRssMib, meanCpuShare, maxOpenSockets }) =>
      line([
        process,
        `${Math.round(maxRssMib)} MiB`,
        `${Math.round(meanCpuShare * 100)} %`,
        count(maxOpenSockets),
      ]),
    ),
  ];
}

const count = (value: number) => value.toLocaleString("en-US");

const ms = (value: number) =>
  value < 10_000 ? `${Math.round(value)} ms` : `${(value / 1_000).toFixed(1)} s`;

const formatCounts = (counts: Readonly<Record<string, number | string>>) =>
  Object.entries(counts)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");
