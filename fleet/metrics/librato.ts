import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { repeat } from "../../shared/concurrency/repeat.ts";
import type { Metrics } from "./metrics.ts";
import type { Vitals } from "./vitals.ts";

/**
 * One figure in the format of l2met, which reads metrics from log lines. The mode is `measure` for
 * a gauge, `sample` for a running total, and `count` for an increment.
 */
export interface LibratoFigure {
  mode: "measure" | "sample" | "count";
  name: string;
  value: number;
}

/** The values that the figures are made from. All are running totals, except the first two. */
export interface Totals {
  usersHeld: number;
  readingWaiting: number;
  readingWaitSeconds: number;
  readings: number;
  /** Further totals, by the names that the old SuperIMAP used, such as `error.<reason>`. */
  counts: ReadonlyMap<string, number>;
  mails: number;
}

const INTERVAL_MS = 10_000;

/**
 * The old SuperIMAP's names for the reasons why a mail was not delivered, or came without its body.
 * Some reasons have no such name.
 */
const MAIL_NAMES: Readonly<Record<string, string>> = {
  before_user: "system.process_uid.pre_creation_internal_date",
  duplicate_message_id: "system.process_uid.duplicate_message_id",
  duplicate_sha1: "system.process_uid.duplicate_sha1",
  oversize: "system.process_uid.big_message",
  header_not_fetched: "system.process_uid.uid_fetch_no_response",
  body_not_fetched: "system.process_uid.uid_fetch_no_response",
};
const WEBHOOK_NAMES: Readonly<Record<string, string>> = {
  new_mail: "app.call_new_mail_webhook.count",
  user_connected: "app.call_user_connected_webhook.count",
  user_disconnected: "app.call_user_disconnected_webhook.count",
};

export interface LibratoDeps {
  clock: Clock;
  log: Log;
  metrics: Metrics;
  vitals: Pick<Vitals, "refresh">;
  print: (line: string) => void;
}

/** Prints the figures every ten seconds, as the old SuperIMAP did, until `signal` aborts. */
export function runLibrato(
  deps: LibratoDeps,
  { source }: { source: string },
  signal: AbortSignal,
): Promise<void> {
  let before: Totals | undefined;
  const print = async () => {
    deps.vitals.refresh();
    const now = await readTotals(deps.metrics);
    for (const figure of toFigures(now, before)) deps.print(formatFigure(figure, source));
    before = now;
  };
  return repeat(deps, { name: "librato", everyMs: INTERVAL_MS, work: print }).run(signal);
}

/** Returns the figures. Counts are increments since `before`; zeros are left out. */
export function toFigures(now: Totals, before?: Totals): LibratoFigure[] {
  const readings = now.readings - (before?.readings ?? 0);
  const waitSeconds = now.readingWaitSeconds - (before?.readingWaitSeconds ?? 0);
  const counts = [...now.counts]
    .map(([name, total]) => ({ name, value: total - (before?.counts.get(name) ?? 0) }))
    .filter(({ value }) => value > 0)
    .map((figure) => ({ mode: "count", ...figure }) as const);
  return [
    { mode: "measure", name: "imap_client.work_queue.length", value: now.readingWaiting },
    { mode: "measure", name: "imap_client.user_thread.count", value: now.usersHeld },
    {
      mode: "measure",
      name: "work_queue.latency",
      value: readings > 0 ? Number((waitSeconds / readings).toFixed(6)) : 0,
    },
    { mode: "sample", name: "imap_client.total_emails_processed", value: now.mails },
    ...counts,
  ];
}

/** Formats a figure as a line of l2met. */
export const formatFigure = ({ mode, name, value }: LibratoFigure, source: string): string =>
  `source=${source} ${mode}#${name}=${value}`;

async function readTotals(metrics: Metrics): Promise<Totals> {
  const [held, waiting, wait, mails, attempts, sessions, tracers] = await Promise.all([
    metrics.usersHeld.get(),
    metrics.readingWaiting.get(),
    metrics.readingWait.get(),
    metrics.mails.get(),
    metrics.attempts.get(),
    metrics.sessionsEnded.get(),
    metrics.tracers.get(),
  ]);
  const readSum = (suffix: string) =>
    wait.values.find(({ metricName }) => metricName?.endsWith(suffix))?.value ?? 0;
  const counts = new Map<string, number>();
  const count = (name: string | undefined, value: number) => {
    if (name !== undefined) counts.set(name, (counts.get(name) ?? 0) + value);
  };
  for (const { labels, value } of mails.values) count(MAIL_NAMES[labels.reason ?? ""], value);
  for (const { labels, value } of attempts.values) {
    if (labels.outcome === "delivered") count(WEBHOOK_NAMES[labels.kind ?? ""], value);
  }
  for (const { labels, value } of tracers.values) {
    if (labels.result === "sent") count("app.schedule_tracer_email.count", value);
  }
  for (const { labels, value } of sessions.values) count(`error.${labels.reason}`, value);
  return {
    usersHeld: held.values[0]?.value ?? 0,
    readingWaiting: waiting.values[0]?.value ?? 0,
    readingWaitSeconds: readSum("_sum"),
    readings: readSum("_count"),
    counts,
    mails: mails.values.reduce((sum, { value }) => sum + value, 0),
  };
}
