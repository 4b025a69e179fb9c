import type { ChaosKind } from "../../imap-server/chaos/chaos-kind.ts";
import type { StressOptions } from "../stress-options.ts";

/** The results of a run. Times are in ms. */
export interface StressReport {
  options: StressOptions;
  /** The machine that the run used. */
  machine: string;
  /** The fleet's settings that differ from the defaults. */
  settings: Readonly<Record<string, string>>;
  mails: MailCounts;
  /** The number of mails by result in mail_logs. The key is `state`, or `state: reason`. */
  recorded: Readonly<Record<string, number>>;
  webhooks: {
    received: number;
    doubled: number;
    doubledShare: number;
    forged: number;
    idsWithTwoBodies: number;
    mailsWithTwoIds: number;
    /** The number of mails with more than one id in mail_logs (see countUnexplainedIds). */
    unexplained: number;
  };
  /** The time from the mailbox to the webhook. Null means that nothing was delivered. */
  latency: { p50Ms: number; p99Ms: number; maxMs: number } | null;
  logins: { total: number; perSecond: number; busiestSecond: number };
  lies: Readonly<Record<ChaosKind, number>>;
  kills: Readonly<Record<string, number>>;
  /** The time from the end of the load until every mail was delivered or recorded. */
  settledMs: number;
  processes: readonly ProcessFigures[];
  /** What is wrong. Empty if the run was good. */
  faults: readonly string[];
}

export interface MailCounts {
  sent: number;
  toDeliver: number;
  delivered: number;
  /** Mails that should have been delivered but were not. This includes parked mails. */
  lost: number;
  parked: number;
  /** Mails that are still recorded as queued. */
  queued: number;
  /** Second copies of a mail. All of them should be skipped. */
  toSkip: number;
  /** Second copies that are recorded as skipped. */
  skipped: number;
}

export interface ProcessFigures {
  process: string;
  maxRssMib: number;
  meanCpuShare: number;
  maxOpenSockets: number;
}

/** Returns the reasons why the run failed. Empty if it succeeded. */
export function judgeStress(report: Omit<StressReport, "faults">): string[] {
  const { options, mails, webhooks, lies, kills } = report;
  const faults: string[] = [];
  const none = (count: number, what: string) => {
    if (count > 0) faults.push(`${count} ${what}, wanted none`);
  };
  none(mails.lost, "mails are lost");
  none(mails.parked, "mails are parked");
  none(mails.queued, "mails have no recorded end");
  none(mails.toSkip - mails.skipped, "mails are not recorded as skipped");
  none(webhooks.forged, "webhooks had a wrong signature");
  none(webhooks.idsWithTwoBodies, "webhook ids came with two bodies");
  none(webhooks.unexplained, "mails came under two webhook ids for no reason");
  const missing = Object.entries(lies).filter(([, count]) => count === 0);
  if (options.hasChaos && missing.length > 0) {
    const kinds = missing.map(([kind]) => kind).join(", ");
    faults.push(`The server never told these lies: ${kinds}; a longer run will`);
  }
  if (options.killEveryMs !== null && Object.values(kills).every((count) => count === 0)) {
    faults.push("No instance was killed; a longer run will see kills");
  }
  return faults;
}
