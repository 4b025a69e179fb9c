import { percentile } from "../../../bench/figures.ts";
import type { Receipts } from "../../faults/receipts.ts";
import type { Kill } from "../kill-instances.ts";
import type { SentMail } from "../mail-generator.ts";
import type { Sample } from "../sample-processes.ts";
import type { MailCounts, ProcessFigures, StressReport } from "../report/stress-report.ts";

type Arrivals = Pick<Receipts, "listIds" | "firstAtMs">;

/** What the database has recorded at the end of a run. */
export interface Recorded {
  parked: number;
  /** The number of mails that are still recorded as queued. */
  queued: number;
  /** The Message-IDs of mails that are recorded as skipped. */
  skippedMessageIds: ReadonlySet<string>;
}

/**
 * Returns whether the mail was not delivered although it should have been. A mail with the fate
 * `dated_back` may be recorded as skipped instead.
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
 * Counts the mails that have more than one id in mail_logs.
 *
 * A mail with a second id that mail_logs does not know is a known exception. An instance dies after
 * NATS has stored the event and before the mail is recorded. If UIDVALIDITY then changes, the mail
 * gets another id.
 *
 * @param severalIds The ids of each mail that was delivered under more than one id.
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

/** @param atMs The time of each login, in ms of `performance.now()`. */
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
