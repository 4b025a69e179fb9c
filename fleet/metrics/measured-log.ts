import { LevelLog, type Log, type LogFields, type LogLevel } from "../../shared/log.ts";
import type { Metrics } from "./metrics.ts";

type Fields = Readonly<Record<string, LogFields[string]>>;

const text = (value: Fields[string]) => String(value ?? "none");
const seconds = (ms: Fields[string]) => (typeof ms === "number" ? Math.max(ms, 0) / 1_000 : 0);
const statusClass = (status: Fields[string]) =>
  typeof status === "number" ? `${Math.floor(status / 100)}xx` : "none";

/**
 * The log lines that have a metric of their own, each with a function that counts the line. Log
 * such a line once for each thing that the metric counts. The only exception is
 * `sweeper.forgotten`, which contains the number of lost mails.
 */
export const MEASURED_LINES: Readonly<Record<string, (metrics: Metrics, fields: Fields) => void>> =
  {
    "breaker.opened": (metrics) => metrics.breakersOpened.inc(),
    "bus.disconnected": (metrics) => metrics.natsConnections.inc({ change: "lost" }),
    "bus.reconnected": (metrics) => metrics.natsConnections.inc({ change: "made" }),
    "command.answered": (metrics, { kind }) =>
      metrics.commands.inc({ kind: text(kind), result: "answered" }),
    "command.failed": (metrics, { kind }) =>
      metrics.commands.inc({ kind: text(kind), result: "failed" }),
    "delivery.attempted": countAttempt,
    "delivery.given_up": (metrics, { kind }) => metrics.deadLetters.inc({ kind: text(kind) }),
    "delivery.poisoned": (metrics) => metrics.deadLetters.inc({ kind: "unreadable" }),
    "delivery.postponed": (metrics) => metrics.deliveriesPostponed.inc(),
    "lane.guarded": (metrics) => metrics.guardTrips.inc(),
    "loop.stuck": (metrics) => metrics.roundsStuck.inc(),
    "mail.lost": (metrics) => metrics.mailsLost.inc(),
    "sweeper.forgotten": (metrics, { lost }) =>
      metrics.mailsLost.inc(typeof lost === "number" ? lost : 0),
    "mailbox.sync_failed": (metrics) => metrics.syncFailures.inc(),
    "session.ended": (metrics, { reason }) => metrics.sessionsEnded.inc({ reason: text(reason) }),
  };

/**
 * Returns a log that counts each line in the metrics, so log and metrics cannot disagree. Counts
 * lines of every level, even if the log does not print them.
 */
export const measuredLog = (log: Log, metrics: Metrics): Log => new MeasuredLog(log, metrics, {});

class MeasuredLog extends LevelLog {
  readonly #log: Log;
  readonly #metrics: Metrics;
  readonly #base: LogFields;

  constructor(log: Log, metrics: Metrics, base: LogFields) {
    super();
    this.#log = log;
    this.#metrics = metrics;
    this.#base = base;
  }

  with(fields: LogFields): Log {
    return new MeasuredLog(this.#log.with(fields), this.#metrics, { ...this.#base, ...fields });
  }

  protected write(level: LogLevel, event: string, fields: LogFields = {}): void {
    this.#metrics.logLines.inc({ level });
    MEASURED_LINES[event]?.(this.#metrics, { ...this.#base, ...fields });
    this.#log[level](event, fields);
  }
}

function countAttempt(metrics: Metrics, fields: Fields): void {
  const kind = text(fields["kind"]);
  const outcome = text(fields["outcome"]);
  metrics.attempts.inc({ kind, outcome, status: statusClass(fields["status"]) });
  metrics.attemptDuration.observe(seconds(fields["duration_ms"]));
  if (fields["attempt"] === 1) metrics.deliveryLatency.observe(seconds(fields["latency_ms"]));
  if (outcome === "dead") metrics.deadLetters.inc({ kind });
}
