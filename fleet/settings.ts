import { hostname } from "node:os";
import * as v from "valibot";
import { address, flag, parseEnv, seconds, wholeNumber } from "../shared/env.ts";
import { LOG_LEVELS } from "../shared/log.ts";
import { isPrivateHost, tcpDatabaseUrl, usesTls } from "../shared/network/database-url.ts";
import { productionRules } from "../shared/network/production.ts";
import { mailboxPrivateKeys, partnerKeys } from "../shared/secrets/vault.ts";
import { DEFAULT_WEBHOOK_PORTS, webhookPorts } from "../shared/network/webhook-url.ts";
import { ROLES } from "./roster/heartbeat.ts";
import { otlpHeaders, share } from "./traces/otlp-settings.ts";

const KIB = 1_024;
const MIB = 1_024 * KIB;

const retrySchedule = v.pipe(
  v.string(),
  v.regex(
    /^\d+(\.\d+)?(,\d+(\.\d+)?){0,19}$/,
    "must be 1 to 20 numbers of seconds, separated by commas",
  ),
  v.transform((text) => text.split(",").map((part) => Math.round(Number(part) * 1_000))),
);

/** A port, or null for "off". */
const portOrOff = v.pipe(
  v.string(),
  v.regex(/^(off|\d{1,5})$/, "must be a port or off"),
  v.transform((text) => (text === "off" ? null : Number(text))),
  v.check((port) => port === null || port <= 65_535, "must be a port or off"),
);

/** Returns the schema of a number of days, or null for "off". */
const daysOrOff = (minDays: number) => {
  const message = `must be a whole number of days from ${minDays} to 36500, or off`;
  return v.pipe(
    v.string(),
    v.regex(/^(off|\d{1,5})$/, message),
    v.transform((text) => (text === "off" ? null : Number(text))),
    v.check((days) => days === null || (days >= minDays && days <= 36_500), message),
  );
};

/** Every setting of a fleet process, with its default and the reason for it. */
export const fleetSettings = v.object({
  /** `imap` holds connections and publishes mail, `webhook` delivers, `all` does both. */
  ROLE: v.optional(v.picklist(ROLES, `must be one of ${ROLES.join(", ")}`), "all"),
  DATABASE_URL: tcpDatabaseUrl,
  /** A PEM file of the authorities to trust for Postgres, in place of the system's. */
  DATABASE_CA_FILE: v.optional(v.string()),
  DATABASE_CONNECTIONS: v.optional(wholeNumber(1, 1_000), "10"),
  /**
   * How long to wait for a connection, and for the answer to each query, before the connection is
   * closed. The default is above the 25 s after which the server itself ends a statement.
   */
  DATABASE_TIMEOUT: v.optional(seconds(0.1, 300), "30"),
  /** With tls://, a server that does not speak TLS is refused. */
  NATS_URL: v.pipe(
    address("nats:", "tls:"),
    v.check(
      (url) => URL.parse(url)?.username === "",
      "must hold no user name: NATS_USER and NATS_PASSWORD are for that",
    ),
  ),
  NATS_USER: v.optional(v.string()),
  NATS_PASSWORD: v.optional(v.string()),
  /** A PEM file of the authorities to trust for NATS, in place of the system's. */
  NATS_CA_FILE: v.optional(v.string()),
  MAILBOX_PRIVATE_KEYS: mailboxPrivateKeys,
  PARTNER_KEYS: partnerKeys,
  /** Where people reach the edge: the base of the connect links in webhooks. */
  PUBLIC_URL: v.pipe(
    address("https:", "http:"),
    v.transform((url) => url.replace(/\/+$/, "")),
  ),
  /**
   * The name of this instance, which must be the same after a deploy: Fly's machine id, else this
   * setting, else the host name.
   */
  INSTANCE_ID: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -")),
    () =>
      process.env["FLY_MACHINE_ID"] ??
      hostname()
        .replaceAll(/[^A-Za-z0-9_-]/g, "-")
        .slice(0, 64),
  ),
  /** Where the instance runs, for people to see: Fly's region, else this setting, else nothing. */
  INSTANCE_REGION: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{0,32}$/, "must be 1 to 32 letters, digits, _ or -")),
    () => process.env["FLY_REGION"] ?? "",
  ),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`), "info"),
  /** The port of /metrics, /livez and /readyz. 0 takes any free port, which the log names. */
  METRICS_PORT: v.optional(portOrOff, "9464"),
  /**
   * The address of /metrics, /livez and /readyz. They need no key, so it must not be reachable from
   * the internet.
   */
  METRICS_HOST: v.optional(v.pipe(v.string(), v.ip("must be an IP address")), "127.0.0.1"),
  /** Whether to print SuperIMAP's l2met lines every ten seconds. */
  LIBRATO_METRICS: v.optional(flag, "false"),
  /** The URL of an OpenTelemetry collector, without `/v1/traces`. Without it nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(
    v.pipe(
      address("https:", "http:"),
      v.transform((url) => url.replace(/\/+$/, "")),
    ),
  ),
  /**
   * Headers for requests to the collector, such as the key of a hosted one: `name=value,…`,
   * percent-encoded.
   */
  OTEL_EXPORTER_OTLP_HEADERS: v.optional(otlpHeaders, ""),
  /**
   * The share of the mails that is traced. To trace one mail in a hundred takes no noticeable time.
   */
  OTEL_TRACES_SAMPLER_ARG: v.optional(share, "0.01"),

  HEARTBEAT_INTERVAL: v.optional(seconds(0.1, 60), "10"),
  /**
   * After this time without a heartbeat, an instance counts as gone: three heartbeats were missed.
   */
  HEARTBEAT_TTL: v.optional(seconds(0.3, 600), "30"),
  /**
   * Seconds. Above 0, a stop counts as a restart, and no other instance claims the users for this
   * long.
   */
  RESTART_GRACE: v.optional(seconds(0, 600), "0"),
  /**
   * How long the roster must stay the same before an instance claims users that another may still
   * watch.
   */
  CLAIM_DELAY: v.optional(seconds(0, 60), "3"),
  /** How often users are distributed over the instances, in case a poke was lost. */
  REBALANCE_INTERVAL: v.optional(seconds(0.1, 600), "10"),

  /** How many users one process holds. Each connection takes tens of kilobytes of memory. */
  MAX_USER_THREADS: v.optional(wholeNumber(1, 1_000_000), "10000"),
  /** For how many users mail is read at the same time. Each may hold 5 MiB of bodies. */
  NUM_WORKER_THREADS: v.optional(wholeNumber(1, 1_000), "16"),
  /**
   * How many logins per second are made to one host, by the whole fleet: a restart must not look
   * like an attack.
   */
  LOGIN_RATE: v.optional(wholeNumber(1, 100_000), "100"),
  /** How many logins run at the same time. More than 200 gain nothing and block the event loop. */
  LOGIN_CONCURRENCY: v.optional(wholeNumber(1, 1_000), "100"),
  /** Bytes. The event of a larger mail comes without its body. */
  MAX_EMAIL_SIZE: v.optional(wholeNumber(1, 5 * MIB), String(MIB)),
  /** How often a server without IDLE is asked for new mail. */
  POLL_INTERVAL: v.optional(seconds(0.1, 3_600), "60"),
  /**
   * How often a server with IDLE is also asked for new mail: some servers forget to announce it.
   */
  LOOK_INTERVAL: v.optional(seconds(0.1, 3_600), "120"),
  /**
   * Experimental: mailboxes that are read up to the present are watched without a client of the
   * IMAP library, and new mail is read with one write. No gain in memory is measured yet.
   */
  IDLE_WATCH: v.optional(flag, "false"),
  /**
   * How long to wait before the second login if a refused login may be a mistake of the server:
   * when the password has worked before, or the access token is fresh. The user is `auth_failed`
   * only when the second login is refused too.
   */
  CONFIRM_REFUSAL_DELAY: v.optional(seconds(0.1, 3_600), "120"),
  IMAP_CONNECT_TIMEOUT: v.optional(seconds(0.1, 300), "20"),
  IMAP_GREETING_TIMEOUT: v.optional(seconds(0.1, 300), "10"),
  /**
   * How long a command may take, plus a second for each 8 KiB received. After that the connection
   * is closed.
   */
  IMAP_COMMAND_TIMEOUT: v.optional(seconds(0.1, 600), "60"),
  IMAP_LOGOUT_TIMEOUT: v.optional(seconds(0.1, 60), "5"),
  /** How long until a parked mail is tried again. Doubles each time, up to six hours. */
  PARKED_RETRY_INTERVAL: v.optional(seconds(0.1, 21_600), "60"),
  /** How often to store the time at which each user's server last answered. */
  FRESHNESS_INTERVAL: v.optional(seconds(0.1, 3_600), "300"),
  /**
   * Whether webhooks, and mail servers that users name, may have private addresses, and webhooks
   * may use any port. For development.
   */
  ALLOW_PRIVATE_HOSTS: v.optional(flag, "false"),

  /** Deadline of one request to a provider's token or revocation endpoint. */
  TOKEN_TIMEOUT: v.optional(seconds(0.1, 60), "10"),
  /**
   * How many requests to token and revocation endpoints run at the same time. Each costs only a
   * socket.
   */
  TOKEN_CONCURRENCY: v.optional(wholeNumber(1, 1_000), "16"),
  /**
   * How long before its access token expires a session asks for a new token and starts again.
   * Limited to half of the token's lifetime.
   */
  TOKEN_RENEWAL_MARGIN: v.optional(seconds(0.1, 3_600), "300"),
  /**
   * How often to search for refresh tokens that their provider would soon forget because they are
   * not used.
   */
  TOKEN_KEEPING_INTERVAL: v.optional(seconds(0.1, 86_400), "3600"),
  /** How often to search for revocations that are due. */
  REVOCATION_INTERVAL: v.optional(seconds(0.1, 3_600), "5"),
  /** A PEM file of authorities to trust in addition to the system's. */
  IMAP_CA_FILE: v.optional(v.string()),

  /** Delays before retries, in seconds: 10 s, 1 min, 5 min, 30 min, 2 h, 8 h. */
  RETRY_SCHEDULE: v.optional(retrySchedule, "10,60,300,1800,7200,28800"),
  /**
   * Seconds. An event that is not delivered by then becomes a dead letter, well before its stream
   * drops it after 72 h.
   */
  EVENT_MAX_AGE: v.optional(seconds(1, 216_000), "129600"),
  /** How long deliveries to a failing endpoint are on hold. Doubles after each failed probe. */
  BREAKER_OPEN: v.optional(seconds(0.1, 3_600), "30"),
  BREAKER_MAX_OPEN: v.optional(seconds(0.1, 3_600), "600"),
  WEBHOOK_TIMEOUT: v.optional(seconds(0.1, 55), "30"),
  /**
   * The ports of HTTP and the usual alternatives. A request to another service's port would be an
   * attack.
   */
  WEBHOOK_PORTS: v.optional(webhookPorts, DEFAULT_WEBHOOK_PORTS),
  /** Whether webhooks may use plain HTTP, where anyone on the network path can read the mail. */
  ALLOW_HTTP_WEBHOOKS: v.optional(flag, "false"),
  /**
   * How many attempts per partner are in flight at the same time. WEBHOOK_CONCURRENCY limits the
   * attempts of the whole process.
   */
  LANE_CONCURRENCY: v.optional(wholeNumber(1, 1_000), "8"),
  WEBHOOK_CONCURRENCY: v.optional(wholeNumber(1, 10_000), "512"),
  /**
   * Bytes. In the format `parsed`, larger attachments are described without content. All
   * attachments of a mail together may have four times this.
   */
  MAX_ATTACHMENT_SIZE: v.optional(wholeNumber(0, 5 * MIB), String(256 * KIB)),
  /**
   * How many events of one lane may be delivered but not acknowledged. Must exceed the number of
   * events that wait for a retry in the lane. 50,000 such events cost 0.3 of a core.
   */
  MAX_ACK_PENDING: v.optional(wholeNumber(1, 1_000_000), "20000"),
  /** After this time, the events that a dead instance was working on are given to another. */
  ACK_WAIT: v.optional(seconds(3, 3_600), "60"),

  /**
   * How many events of one partner may wait in NATS. Must be below MAX_ACK_PENDING, or retries hold
   * up new mail.
   */
  LANE_QUOTA_EVENTS: v.optional(wholeNumber(1, 1_000_000), "10000"),
  /**
   * How many bytes of mail of one partner may wait in NATS. The default is a sixteenth of BODIES,
   * so that a few partners with dead endpoints cannot fill it for everyone.
   */
  LANE_QUOTA_BYTES: v.optional(wholeNumber(1, Number.MAX_SAFE_INTEGER), String(256 * MIB)),
  /** How often the quota is measured. */
  LANE_QUOTA_INTERVAL: v.optional(seconds(0.1, 60), "5"),

  /** How many servers store each stream. A cluster of three survives the loss of any one. */
  STREAM_REPLICAS: v.optional(
    v.pipe(v.picklist(["1", "3", "5"], "must be 1, 3 or 5"), v.transform(Number)),
    "1",
  ),
  EVENTS_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(1_024 * MIB)),
  BODIES_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(4_096 * MIB)),
  DEAD_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(1_024 * MIB)),
  /**
   * How many bytes of DEAD one partner may fill. The default is an eighth, so that a few partners
   * with dead endpoints cannot fill DEAD for everyone. Above this quota, events that are given up
   * wait in their lane.
   */
  DEAD_QUOTA_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(128 * MIB)),
  ATTEMPTS_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(512 * MIB)),

  /**
   * How long acknowledged events and written attempts stay in their streams: as long as the
   * duplicate window.
   */
  TRIM_AGE: v.optional(seconds(0, 259_200), "7200"),
  /** How often events and attempts older than TRIM_AGE are deleted. */
  TRIM_INTERVAL: v.optional(seconds(0.1, 86_400), "300"),

  /** How often an instance sends tracers to one of its tracer users. */
  TRACER_INTERVAL: v.optional(seconds(1, 86_400), "600"),
  /** How many tracers to send at a time; 0 sends none. */
  NUM_TRACERS: v.optional(wholeNumber(0, 100), "3"),
  /**
   * The time after which a tracer is overdue, which raises an alarm. Mail servers that greylist
   * take minutes.
   */
  TRACER_LIMIT: v.optional(seconds(1, 86_400), "300"),

  /** How often to search for lost events. */
  SWEEPER_INTERVAL: v.optional(seconds(0.1, 3_600), "60"),
  /**
   * How long an event may wait, in addition to its retries, before the sweeper checks whether it is
   * lost.
   */
  SWEEPER_AGE: v.optional(seconds(0.1, 86_400), "900"),
  /** How many mails per second all sweeps of one process publish together. */
  SWEEP_RATE: v.optional(wholeNumber(1, 10_000), "20"),
  /**
   * How many dead letters per second one process queues again, so that a million of them do not
   * flood their lane.
   */
  REDELIVERY_RATE: v.optional(wholeNumber(1, 10_000), "100"),

  /** How often one instance deletes expired rows, for the whole fleet. */
  RETENTION_INTERVAL: v.optional(seconds(0.1, 86_400), "3600"),
  /**
   * Days that a mail stays in the log. Also applies to events that are not mail, and to dead
   * letters. Dead letters stay in NATS for 30 days, and are looked up in this log for 5 more.
   */
  MAIL_LOG_DAYS: v.optional(wholeNumber(35, 36_500), "90"),
  /**
   * Days that an attempt stays in the log. Events that are not delivered yet are looked up in the
   * last 5 days of the log.
   */
  TRANSMIT_LOG_DAYS: v.optional(wholeNumber(7, 36_500), "30"),
  TRACER_LOG_DAYS: v.optional(wholeNumber(1, 36_500), "90"),
  /** Days that an entry stays in the audit log. Also applies to the state history of users. */
  AUDIT_LOG_DAYS: v.optional(wholeNumber(30, 36_500), "400"),
  /**
   * Days that a mail is remembered, so that reading it a second time does not deliver it again. The
   * longest sweep that ends now covers 366 days, and searches from the day before. Mail that is not
   * remembered may be delivered again, with the same event id.
   */
  SEEN_DAYS: v.optional(wholeNumber(370, 36_500), "400"),
  /**
   * Days after which an archived user is removed permanently. A user that is restored catches up 30
   * days.
   */
  ARCHIVED_USER_DAYS: v.optional(daysOrOff(31), "off"),
});

export type FleetSettings = v.InferOutput<typeof fleetSettings>;

/**
 * Parses the settings of a process from its environment.
 *
 * @throws {EnvError} whose message names every fault, but no value.
 */
export const readSettings = (env: Readonly<Record<string, unknown>>): FleetSettings =>
  parseEnv(v.pipe(fleetSettings, productionRules(judgeDatabase)), env);

/** In production, others could read the connection to a Postgres that is elsewhere. */
const judgeDatabase = ({ DATABASE_URL: url, DATABASE_CA_FILE: caFile }: FleetSettings) => ({
  DATABASE_URL: !usesTls(url, caFile) && !isPrivateHost(url) && "must have sslmode=verify-full",
});
