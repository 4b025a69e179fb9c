import type { FreezeReport, GroupFigures } from "./freeze-report.ts";
import { TRAITS } from "./party.ts";

const HEADER = [
  "frozen",
  "mails",
  "others: delivered meanwhile",
  "p50 / p99 / longest",
  "stood still",
  "recovery",
  "lost",
  "came again",
  "load",
];

/** Returns a Markdown table with one row per freeze. */
export function describeFreezes(reports: readonly FreezeReport[]): string {
  const rows = [HEADER, HEADER.map(() => "---"), ...reports.map(toRow)];
  return rows.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

function toRow(report: FreezeReport): string[] {
  const { party, frozenMs, groups, recoveryMs, load } = report;
  const { what, dependants } = TRAITS[party];
  const others = groups.filter(({ group }) => !dependants.includes(group));
  const still = groups.filter(({ group }) => dependants.includes(group));
  return [
    `${what}, for ${frozenMs / 1_000} s`,
    String(report.sent),
    others.length === 0 ? "all depend on it" : describeShare(others),
    describeWorst(others),
    still.length === 0
      ? "nothing"
      : still.map((one) => `${one.group} (${describeShare([one])})`).join(", "),
    recoveryMs === null ? `not at all: ${report.missing}` : ms(recoveryMs),
    String(sum(groups, "lost")),
    String(sum(groups, "doubled")),
    load.map((one) => one.toFixed(1)).join(" to "),
  ];
}

/** Returns the details that are not in the freeze's row of the table. */
export function describeDetails({ groups, errors }: FreezeReport): string[] {
  const lines = groups.map(({ group, latency, logins, longestGapMs, ...counts }) =>
    [
      `  ${group}: ${counts.delivered} of ${counts.sent} delivered meanwhile`,
      latency
        ? `p50 ${ms(latency.p50Ms)}, p99 ${ms(latency.p99Ms)}, longest ${ms(latency.maxMs)}`
        : "none",
      `${logins} logins`,
      `without a session ${ms(longestGapMs)} at most`,
      `lost ${counts.lost}, came again ${counts.doubled}`,
    ].join(", "),
  );
  const named = Object.entries(errors).map(([event, count]) => `${event} ${count}`);
  return named.length === 0 ? lines : [...lines, `  logged as errors: ${named.join(", ")}`];
}

const describeShare = (groups: readonly GroupFigures[]) =>
  `${sum(groups, "delivered")} of ${sum(groups, "sent")}`;

/** Returns the highest p50, p99 and maximum latency of these groups. */
function describeWorst(groups: readonly GroupFigures[]): string {
  const latencies = groups.flatMap(({ latency }) => latency ?? []);
  if (latencies.length === 0) return "";
  const worst = (name: "p50Ms" | "p99Ms" | "maxMs") =>
    ms(Math.max(...latencies.map((one) => one[name])));
  return `${worst("p50Ms")} / ${worst("p99Ms")} / ${worst("maxMs")}`;
}

const sum = (groups: readonly GroupFigures[], name: "sent" | "delivered" | "lost" | "doubled") =>
  groups.reduce((total, figures) => total + figures[name], 0);

const ms = (value: number) => (value < 10_000 ? `${value} ms` : `${(value / 1_000).toFixed(1)} s`);
