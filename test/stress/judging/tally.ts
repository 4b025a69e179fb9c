import { percentile } from "../../../bench/figures.ts";
import type { Receipts } from "../../faults/receipts.ts";
import type { Kill } from "../kill-instances.ts";
import type { SentMail } from "../mail-generator.ts";
import type { Sample } from "../sample-processes.ts";
import type { MailCounts, ProcessFigures, StressReport } from "../report/stress-report.ts";

type Arrivals = Pick<Receipts, "listIds" | "firstAtMs">;

/** The records of the database at the end. */
export interface Recorded {
  parked: number;
  /** Mails whose end is not recorded yet. */
  queued: number;
  /** Message-IDs of mails that are recorded as skipped. */
  skippedMessageIds: ReadonlySet<string>;
}

/**
 * Returns whether a mail should have been delivered but was not. A mail that is dated back may be
 * skipped instead.
 */
export function isLost(
  { n, fate, messageId }: SentMail,
  receipts: Pick<Receipts, "listIds">,
  { skippedMessageIds }: Pick<Recorded, "skippedMessageIds">,
): boolean {
  const maySkip = fate === "dated_back" && skippedMessageIds.has(messageId);
  return !maySkip && receipts.listIds(n).length === 0;
}

export function countMails(
  sent: readonly SentMail[],
  receipts: Arrivals,
  { parked, queued, skippedMessageIds }: Recorded,
): MailCounts {
  const isDelivered = ({ n }: SentMail) => receipts.listIds(n).length > 0;
  const isSkipped = ({ messageId }: SentMail) => skippedMessageIds.has(messageId);
  const toDeliver = sent.filter((mail) => mail.fate !== "dated_back" || !isSkipped(mail));
  const toSkip = sent.filter(({ fate }) => fate === "repeated");
  const delivered = toDeliver.filter(isDelivered).length;
  const recorded = { skippedMessageIds };
  return {
    sent: sent.length + sent.filter(({ fate }) => fate === "repeated").length,
    toDeliver: toDeliver.length,
    delivered,
    lost: sent.filter((mail) => isLost(mail, receipts, recorded)).length,
    parked,
    queued,
    toSkip: toSkip.length,
    skipped: toSkip.filter(isSkipped).length,
  };
}

/**
 * Counts mails with several ids that are all in mail_logs. If an instance dies between the ack of
 * an event and its record, the event's id is not in mail_logs. If UIDVALIDITY then changes before
 * the mailbox is read again, the mail gets a different id, which is a known exception.
 *
 * @param severalIds The ids of each mail that was delivered under several ids.
 */
export function countUnexplainedIds(
  severalIds: readonly (readonly string[])[],
  knownIds: ReadonlySet<string>,
): number {
  return severalIds.filter((ids) => ids.filter((id) => knownIds.has(id)).length > 1).length;
}

export function measureLatencies(sent: readonly SentMail[], receipts: Arrivals): number[] {
  return sent.flatMap(({ n, sentAtMs }) => {
    const atMs = receipts.firstAtMs(n);
    return atMs === undefined ? [] : [atMs - sentAtMs];
  });
}

export function summariseLatency(latenciesMs: readonly number[]): StressReport["latency"] {
  if (latenciesMs.length === 0) return null;
  return {
    p50Ms: percentile(latenciesMs, 0.5),
    p99Ms: percentile(latenciesMs, 0.99),
    maxMs: percentile(latenciesMs, 1),
  };
}

/** @param atMs The time of each login. */
export function summariseLogins(atMs: readonly number[], periodMs: number): StressReport["logins"] {
  const seconds = Map.groupBy(atMs, (ms) => Math.floor(ms / 1_000));
  return {
    total: atMs.length,
    perSecond: atMs.length / (periodMs / 1_000),
    busiestSecond: Math.max(0, ...[...seconds.values()].map(({ length }) => length)),
  };
}

export function countKills(
  names: Iterable<string>,
  kills: readonly Kill[],
): Record<string, number> {
  return Object.fromEntries(
    [...names].map((name) => [name, kills.filter(({ instance }) => instance === name).length]),
  );
}

export function summariseProcesses(samples: readonly Sample[]): ProcessFigures[] {
  return [...Map.groupBy(samples, ({ process }) => process)].map(([process, own]) => {
    const shares = own.flatMap(({ cpuShare }) => cpuShare ?? []);
    return {
      process,
      maxRssMib: Math.max(...own.map(({ rssMib }) => rssMib)),
      meanCpuShare: shares.reduce((sum, share) => sum + share, 0) / Math.max(shares.length, 1),
      maxOpenSockets: Math.max(...own.map(({ openSockets }) => openSockets)),
    };
  });
}
