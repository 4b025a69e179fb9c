import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { EventKind } from "../../shared/users/events.ts";
import { LOG_LEVELS } from "../../shared/log.ts";
import type { ParkReason } from "../../db/mail/parked-mails.ts";

/**
 * Default metrics of prom-client that are removed because of their names. They are gauges, but
 * Prometheus reserves `_total` for counters.
 */
const MISNAMED = ["handles", "requests", "resources"].map((of) => `nodejs_active_${of}_total`);
/**
 * Buckets for the time of a publication. It takes milliseconds with a healthy server, and minutes
 * or more while a stream is full.
 */
const PUBLISH_BUCKETS_S = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30, 300];
const WAIT_BUCKETS_S = [0.001, 0.01, 0.1, 0.5, 1, 5, 30, 120];
/** Buckets for the time of an attempt: up to the default WEBHOOK_TIMEOUT and a little more. */
const ATTEMPT_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
/**
 * Buckets for the time of a tracer. Mail servers deliver in seconds, or in minutes if they refuse
 * each mail at first (greylisting).
 */
const TRACER_BUCKETS_S = [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800];
const LATENCY_BUCKETS_S = [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60, 600, 3_600];

const DEAD_KINDS = [
  "new_mail",
  "user_connected",
  "user_disconnected",
  "user_auth_failed",
  "unreadable",
] as const satisfies readonly (EventKind | "unreadable")[];
const PARK_REASONS = [
  "header_not_fetched",
  "body_not_fetched",
] as const satisfies readonly ParkReason[];

export type Metrics = ReturnType<typeof createMetrics>;

/**
 * Creates all metrics of a fleet process. Metric names occur only in this file.
 *
 * No metric has a label per partner or user: there may be thousands, and a series never goes away.
 * Lanes are reported by sum and maximum. `nats consumer report EVENTS` shows each lane.
 */
export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);

  const common = (name: string, help: string) => ({
    name: `superimap_${name}`,
    help,
    registers: [registry],
  });
  const counter = <const L extends string = never>(name: string, help: string, ...labels: L[]) =>
    new Counter({ ...common(name, help), labelNames: labels });
  const gauge = <const L extends string = never>(name: string, help: string, ...labels: L[]) =>
    new Gauge({ ...common(name, help), labelNames: labels });
  const histogram = <const L extends string = never>(
    name: string,
    help: string,
    buckets: readonly number[],
    ...labels: L[]
  ) => new Histogram({ ...common(name, help), buckets: [...buckets], labelNames: labels });

  const metrics = {
    registry,

    // Metrics of the instance:
    standing: gauge(
      "standing",
      "1 for what this instance may do: claiming, holding, fenced",
      "standing",
    ),
    instances: gauge("instances", "Live instances in the roster as this one sees it"),
    logLines: counter("log_lines_total", "Log lines; a person must look at each error", "level"),
    loopRounds: gauge(
      "loop_round_seconds",
      "Time since the last sign of life of each loop's current round; 0 between two rounds",
      "loop",
    ),
    roundsStuck: counter(
      "rounds_stuck_total",
      "Rounds of loops that were given up: they gave no sign of life",
    ),
    problems: gauge(
      "problems",
      "Problems that the health model finds now, by name and severity: page, ticket, info; only on the instance that evaluates it",
      "name",
      "severity",
    ),
    natsSilent: gauge(
      "nats_silent_seconds",
      "For how long NATS has not answered this instance; 0 while it answers",
    ),
    natsConnections: counter(
      "nats_connections_total",
      "Reconnects to NATS after a lost connection",
      "change",
    ),

    // Metrics of users and their mailboxes:
    usersHeld: gauge("users_held", "Users that this instance watches"),
    usersUnassigned: gauge(
      "users_unassigned",
      "Users of the fleet for whom no instance has capacity",
    ),
    users: gauge("users", "Users that this instance watches, by state", "state"),
    freshness: gauge(
      "freshness_seconds",
      "Time since the mail servers of watched users last answered: p50, p99, max",
      "statistic",
    ),
    lag: gauge(
      "lag_seconds",
      "For how long it has not been certain that all mail of watched users was seen: p50, p99, max",
      "statistic",
    ),
    logins: counter("logins_total", "Logins by result: ok, or why it failed", "result"),
    sessionsEnded: counter("sessions_ended_total", "Sessions that failed, by reason", "reason"),
    syncFailures: counter(
      "sync_failures_total",
      "Reads of a mailbox that ended because of a failure on our side",
    ),
    readingWaiting: gauge("reading_waiting", "Users waiting for their mail to be read"),
    readingWait: histogram(
      "reading_wait_seconds",
      "How long users waited for their mail to be read",
      WAIT_BUCKETS_S,
    ),
    mails: counter("mails_total", "Mails judged, by outcome", "outcome", "reason"),
    ingestPaused: gauge(
      "ingest_paused_partners",
      "Partners of the fleet whose mail waits in its mailboxes, because their lane is at its quota",
    ),
    mailBytes: counter("mail_bytes_total", "Sizes of the mails that were published"),

    // Metrics of the bus:
    published: counter("published_total", "Messages stored in NATS", "stream"),
    publishedBytes: counter(
      "published_bytes_total",
      "Bytes of the messages stored in NATS",
      "stream",
    ),
    publishDuplicates: counter(
      "publish_duplicates_total",
      "Messages that NATS had already: a crash or a lost ack repeated them",
      "stream",
    ),
    publishDuration: histogram(
      "publish_duration_seconds",
      "Time from the first try of a publish to its ack",
      PUBLISH_BUCKETS_S,
      "stream",
    ),
    streamMessages: gauge("stream_messages", "Messages in a stream", "stream"),
    streamBytes: gauge("stream_bytes", "Bytes in a stream", "stream"),
    streamMaxBytes: gauge("stream_max_bytes", "Size of a stream at which ingest stops", "stream"),

    // Metrics of deliveries:
    lanes: gauge("lanes", "Lanes of this instance"),
    laneStates: gauge(
      "lane_states",
      "Lanes of this instance by state: running, paused (and why), open, probing",
      "state",
      "reason",
    ),
    lanesWithoutLetterRoom: gauge(
      "lanes_without_letter_room",
      "Lanes of this instance whose dead letters have no room in DEAD, and wait in EVENTS",
    ),
    breakersOpened: counter(
      "breakers_opened_total",
      "How often lanes put deliveries to a failing endpoint on hold, including failed probes",
    ),
    guardTrips: counter(
      "guard_trips_total",
      "Lanes paused because answers with 403 would have archived too many users",
    ),
    lanePending: gauge(
      "lane_pending_events",
      "Events not yet pulled by a lane: sum, max",
      "statistic",
    ),
    laneUnacknowledged: gauge(
      "lane_unacknowledged_events",
      "Events in flight or waiting for a retry: sum, max",
      "statistic",
    ),
    oldestUndelivered: gauge(
      "oldest_undelivered_seconds",
      "Age of the oldest event in this instance's lanes that is neither delivered nor dead",
    ),
    attempts: counter(
      "attempts_total",
      "Attempts by kind of event, outcome and class of status (2xx, none)",
      "kind",
      "outcome",
      "status",
    ),
    attemptDuration: histogram(
      "attempt_duration_seconds",
      "Duration of the whole HTTP exchange of an attempt",
      ATTEMPT_BUCKETS_S,
    ),
    deliveryLatency: histogram(
      "delivery_latency_seconds",
      "Time from the publication of an event to its first attempt",
      LATENCY_BUCKETS_S,
    ),
    deliveriesPostponed: counter(
      "deliveries_postponed_total",
      "Deliveries postponed because a service on our side did not answer",
    ),
    deadLetters: counter("dead_letters_total", "Events given up", "kind"),
    mailsLost: counter(
      "mails_lost_total",
      "Mails whose events were lost, and which could not be fetched again",
    ),

    // Metrics of tracers:
    tracers: counter("tracers_total", "Tracers handed to a mail server: sent, failed", "result"),
    tracerStages: histogram(
      "tracer_stage_seconds",
      "Time from sending a tracer to each stage: seen, published, answered",
      TRACER_BUCKETS_S,
      "stage",
    ),
    tracerOverdue: gauge(
      "tracer_overdue_seconds",
      "Age of the fleet's oldest tracer of the last day that is later than TRACER_LIMIT, by the stage that it lacks: seen, answered; 0: none",
      "stage",
    ),

    // Metrics of the outbox, and of the commands of the edge:
    outboxWaiting: gauge("outbox_waiting", "Rows of the outbox that are not published yet"),
    outboxOldest: gauge("outbox_oldest_seconds", "Age of the oldest of them"),
    commands: counter("commands_total", "Commands of the edge: answered, failed", "kind", "result"),
  };
  beginAtZero(metrics);
  return metrics;
}

/**
 * Creates the series that alerts use, and sets them to zero. Prometheus does not see an increase
 * when a series first appears with value one.
 */
function beginAtZero({
  logLines,
  natsConnections,
  mails,
  deadLetters,
  tracers,
}: Record<"logLines" | "natsConnections" | "mails" | "deadLetters" | "tracers", Counter>): void {
  for (const level of LOG_LEVELS) logLines.inc({ level }, 0);
  for (const change of ["lost", "made"]) natsConnections.inc({ change }, 0);
  for (const kind of DEAD_KINDS) deadLetters.inc({ kind }, 0);
  for (const result of ["sent", "failed"]) tracers.inc({ result }, 0);
  for (const reason of PARK_REASONS) mails.inc({ outcome: "parked", reason }, 0);
}
