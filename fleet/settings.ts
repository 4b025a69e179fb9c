import { hostname } from "node:os";
import * as v from "valibot";
import { databaseProxy } from "../shared/network/database-proxy.ts";
import { address, flag, parseEnv, seconds, wholeNumber } from "../shared/env.ts";
import { LOG_LEVELS } from "../shared/log.ts";
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

/** A port, or null for none. */
const portOrOff = v.pipe(
  v.string(),
  v.regex(/^(off|\d{1,5})$/, "must be a port or off"),
  v.transform((text) => (text === "off" ? null : Number(text))),
  v.check((port) => port === null || port <= 65_535, "must be a port or off"),
);

/** Days, or null for never. */
const daysOrOff = (minDays: number) => {
  const message = `must be a whole number of days from ${minDays} to 36500, or off`;
  return v.pipe(
    v.string(),
    v.regex(/^(off|\d{1,5})$/, message),
    v.transform((text) => (text === "off" ? null : Number(text))),
    v.check((days) => days === null || (days >= minDays && days <= 36_500), message),
  );
};

/** Every setting of a fleet process, with its default and what the default rests on. */
export const fleetSettings = v.object({
  /** `imap` holds connections and publishes mail, `webhook` delivers, `all` does both. */
  ROLE: v.optional(v.picklist(ROLES, `must be one of ${ROLES.join(", ")}`), "all"),
  DATABASE_URL: address("postgres:", "postgresql:"),
  /** A WebSocket proxy to a Postgres that is not Neon. */
  DATABASE_PROXY: v.optional(databaseProxy),
  DATABASE_CONNECTIONS: v.optional(wholeNumber(1, 1_000), "10"),
  /**
   * How long to wait for a connection, and for the answer to each query: then the connection is closed. Above the
   * 25 s after which the server itself ends a statement.
   */
  DATABASE_TIMEOUT: v.optional(seconds(0.1, 300), "30"),
  /** With tls:// a server that does not speak TLS is refused. */
  NATS_URL: v.pipe(
    address("nats:", "tls:"),
    v.check(
      (url) => URL.parse(url)?.username === "",
      "must hold no user name: NATS_USER and NATS_PASSWORD are for that",
    ),
  ),
  NATS_USER: v.optional(v.string()),
  NATS_PASSWORD: v.optional(v.string()),
  /** A PEM file of the authorities that NATS is trusted by, in place of the system's. */
  NATS_CA_FILE: v.optional(v.string()),
  MAILBOX_PRIVATE_KEYS: mailboxPrivateKeys,
  PARTNER_KEYS: partnerKeys,
  /** Where people reach the edge: the base of the connect links in webhooks. */
  PUBLIC_URL: v.pipe(
    address("https:", "http:"),
    v.transform((url) => url.replace(/\/+$/, "")),
  ),
  /** Stable over a deploy: Fly's machine id, else a setting, else the host's name. */
  INSTANCE_ID: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, _ or -")),
    () =>
      process.env["FLY_MACHINE_ID"] ??
      hostname()
        .replaceAll(/[^A-Za-z0-9_-]/g, "-")
        .slice(0, 64),
  ),
  /** Where it runs, for people to look at: Fly's region, else a setting, else nothing. */
  INSTANCE_REGION: v.optional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{0,32}$/, "must be 1 to 32 letters, digits, _ or -")),
    () => process.env["FLY_REGION"] ?? "",
  ),
  LOG_LEVEL: v.optional(v.picklist(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`), "info"),
  /** Of /metrics, /livez and /readyz; 0 for any free port, which the log names. */
  METRICS_PORT: v.optional(portOrOff, "9464"),
  /** They need no key: an address that the internet cannot reach. */
  METRICS_HOST: v.optional(v.pipe(v.string(), v.ip("must be an IP address")), "127.0.0.1"),
  /** True: prints SuperIMAP's l2met lines every ten seconds. */
  LIBRATO_METRICS: v.optional(flag, "false"),
  /** Of an OpenTelemetry collector, without `/v1/traces`; without one nothing is traced. */
  OTEL_EXPORTER_OTLP_ENDPOINT: v.optional(
    v.pipe(
      address("https:", "http:"),
      v.transform((url) => url.replace(/\/+$/, "")),
    ),
  ),
  /** `name=value,…`, percent-encoded: the key of a hosted collector. */
  OTEL_EXPORTER_OTLP_HEADERS: v.optional(otlpHeaders, ""),
  /** The share of the mails that is traced: one in a hundred takes no noticeable time. */
  OTEL_TRACES_SAMPLER_ARG: v.optional(share, "0.01"),

  HEARTBEAT_INTERVAL: v.optional(seconds(0.1, 60), "10"),
  /** An instance that was silent for this long is gone: three missed beats. */
  HEARTBEAT_TTL: v.optional(seconds(0.3, 600), "30"),
  /** Seconds; above 0 a stop counts as a restart, and the instance's users wait for it this long. */
  RESTART_GRACE: v.optional(seconds(0, 600), "0"),
  /** How long the roster must be stable before users are claimed that another may still watch. */
  CLAIM_DELAY: v.optional(seconds(0, 60), "3"),
  /** How often users are shared out anew, in case a poke was lost. */
  REBALANCE_INTERVAL: v.optional(seconds(0.1, 600), "10"),

  /** Users one process holds; a connection costs tens of kilobytes. */
  MAX_USER_THREADS: v.optional(wholeNumber(1, 1_000_000), "10000"),
  /** Users whose mail is read at one time; each may hold 5 MiB of bodies. */
  NUM_WORKER_THREADS: v.optional(wholeNumber(1, 1_000), "16"),
  /** Logins a second to one host, for the whole fleet: a restart must not look like an attack. */
  LOGIN_RATE: v.optional(wholeNumber(1, 100_000), "100"),
  /** Logins at one time; more than 200 gain nothing and block the event loop. */
  LOGIN_CONCURRENCY: v.optional(wholeNumber(1, 1_000), "100"),
  /** Bytes; larger mail is announced without its body. */
  MAX_EMAIL_SIZE: v.optional(wholeNumber(1, 5 * MIB), String(MIB)),
  /** How often a server without IDLE is asked for mail. */
  POLL_INTERVAL: v.optional(seconds(0.1, 3_600), "60"),
  /** How often a server with IDLE is asked all the same: some forget to announce mail. */
  LOOK_INTERVAL: v.optional(seconds(0.1, 3_600), "120"),
  /**
   * How long after a refused login the second one comes, where the first may be a whim of the server: the password
   * has worked before, or the access token is fresh. Only then the user is `auth_failed`.
   */
  CONFIRM_REFUSAL_DELAY: v.optional(seconds(0.1, 3_600), "120"),
  IMAP_CONNECT_TIMEOUT: v.optional(seconds(0.1, 300), "20"),
  IMAP_GREETING_TIMEOUT: v.optional(seconds(0.1, 300), "10"),
  /** How long a command may take, and a second more for each 8 KiB that came: above it the connection is closed. */
  IMAP_COMMAND_TIMEOUT: v.optional(seconds(0.1, 600), "60"),
  IMAP_LOGOUT_TIMEOUT: v.optional(seconds(0.1, 60), "5"),
  /** When a mail that could not be fetched is tried again; twice as long each time, up to six hours. */
  PARKED_RETRY_INTERVAL: v.optional(seconds(0.1, 21_600), "60"),
  /** How often it is written when each user's server was last heard. */
  FRESHNESS_INTERVAL: v.optional(seconds(0.1, 3_600), "300"),
  /** True: mail servers that users name, and webhooks, may have private addresses, and webhooks any port. For development. */
  ALLOW_PRIVATE_HOSTS: v.optional(flag, "false"),

  /** Deadline of one request to a provider's token or revocation endpoint. */
  TOKEN_TIMEOUT: v.optional(seconds(0.1, 60), "10"),
  /** Such requests at one time; each holds no more than a socket. */
  TOKEN_CONCURRENCY: v.optional(wholeNumber(1, 1_000), "16"),
  /** How long before its access token ends a session asks for the next one, to begin again with it; at most half of the token's life. */
  TOKEN_RENEWAL_MARGIN: v.optional(seconds(0.1, 3_600), "300"),
  /** How often refresh tokens are looked for that their provider would soon forget. */
  TOKEN_KEEPING_INTERVAL: v.optional(seconds(0.1, 86_400), "3600"),
  /** How often revocations are looked for that are due. */
  REVOCATION_INTERVAL: v.optional(seconds(0.1, 3_600), "5"),
  /** A PEM file of authorities to trust beside the system's. */
  IMAP_CA_FILE: v.optional(v.string()),

  /** Delays before retries, in seconds: 10 s, 1 min, 5 min, 30 min, 2 h, 8 h. */
  RETRY_SCHEDULE: v.optional(retrySchedule, "10,60,300,1800,7200,28800"),
  /** An event that was not delivered by then is a dead letter: well before its stream forgets it after 72 h. */
  EVENT_MAX_AGE: v.optional(seconds(1, 216_000), "129600"),
  /** How long an endpoint that fails is left alone; twice as long after each look that fails. */
  BREAKER_OPEN: v.optional(seconds(0.1, 3_600), "30"),
  BREAKER_MAX_OPEN: v.optional(seconds(0.1, 3_600), "600"),
  WEBHOOK_TIMEOUT: v.optional(seconds(0.1, 55), "30"),
  /** Those of HTTP and the usual ones beside them: to other services a webhook would be an attack. */
  WEBHOOK_PORTS: v.optional(webhookPorts, DEFAULT_WEBHOOK_PORTS),
  /** True: webhooks may go over plain HTTP, where everyone on the way can read the mail. */
  ALLOW_HTTP_WEBHOOKS: v.optional(flag, "false"),
  /** Attempts in flight per partner and per process. */
  LANE_CONCURRENCY: v.optional(wholeNumber(1, 1_000), "8"),
  WEBHOOK_CONCURRENCY: v.optional(wholeNumber(1, 10_000), "512"),
  /** Bytes; in the format `parsed` larger ones are described without content, and all of a mail are at most four times this. */
  MAX_ATTACHMENT_SIZE: v.optional(wholeNumber(0, 5 * MIB), String(256 * KIB)),
  /** Above what waits for a retry in one lane: 50,000 pending cost 0.3 core. */
  MAX_ACK_PENDING: v.optional(wholeNumber(1, 1_000_000), "20000"),
  /** After this time what an instance had in hand when it died is given to another. */
  ACK_WAIT: v.optional(seconds(3, 3_600), "60"),

  /** Events of one partner that may wait in NATS; below MAX_ACK_PENDING, or retries hold up new mail. */
  LANE_QUOTA_EVENTS: v.optional(wholeNumber(1, 1_000_000), "10000"),
  /** The same in bytes of mail: a sixteenth of BODIES, so that dead endpoints of a few partners fill it for nobody. */
  LANE_QUOTA_BYTES: v.optional(wholeNumber(1, Number.MAX_SAFE_INTEGER), String(256 * MIB)),
  /** How often that is measured. */
  LANE_QUOTA_INTERVAL: v.optional(seconds(0.1, 60), "5"),

  /** On how many servers each stream lies: a cluster of three goes on without any one of them. */
  STREAM_REPLICAS: v.optional(
    v.pipe(v.picklist(["1", "3", "5"], "must be 1, 3 or 5"), v.transform(Number)),
    "1",
  ),
  EVENTS_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(1_024 * MIB)),
  BODIES_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(4_096 * MIB)),
  DEAD_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(1_024 * MIB)),
  /**
   * What of DEAD one partner may fill: an eighth, so that dead endpoints of a few partners fill it for nobody. Above
   * it, what is given up waits in its lane.
   */
  DEAD_QUOTA_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(128 * MIB)),
  ATTEMPTS_MAX_BYTES: v.optional(wholeNumber(MIB, Number.MAX_SAFE_INTEGER), String(512 * MIB)),

  /** How long events that are acknowledged stay, and attempts that are written: the streams' duplicate window. */
  TRIM_AGE: v.optional(seconds(0, 259_200), "7200"),
  /** How often the older ones are deleted. */
  TRIM_INTERVAL: v.optional(seconds(0.1, 86_400), "300"),

  /** How often an instance sends tracers to one tracer user of its own. */
  TRACER_INTERVAL: v.optional(seconds(1, 86_400), "600"),
  /** How many at a time; 0: none are sent. */
  NUM_TRACERS: v.optional(wholeNumber(0, 100), "3"),
  /** A tracer that takes longer is overdue, which alarms: mail servers that greylist take minutes. */
  TRACER_LIMIT: v.optional(seconds(1, 86_400), "300"),

  /** How often lost events are looked for. */
  SWEEPER_INTERVAL: v.optional(seconds(0.1, 3_600), "60"),
  /** How much longer than its retries explain an event may wait before it is looked for. */
  SWEEPER_AGE: v.optional(seconds(0.1, 86_400), "900"),
  /** Mails a second that the sweeps of one process publish together. */
  SWEEP_RATE: v.optional(wholeNumber(1, 10_000), "20"),
  /** Dead letters a second that one process queues again: a million of them do not flood their lane. */
  REDELIVERY_RATE: v.optional(wholeNumber(1, 10_000), "100"),

  /** How often what is too old is dropped, by one instance for all. */
  RETENTION_INTERVAL: v.optional(seconds(0.1, 86_400), "3600"),
  /** Days; also of events that are no mail, and of dead letters: those lie in NATS for 30 days and are read by this log for 5 more. */
  MAIL_LOG_DAYS: v.optional(wholeNumber(35, 36_500), "90"),
  /** Days; what is on its way is looked for in the last 5. */
  TRANSMIT_LOG_DAYS: v.optional(wholeNumber(7, 36_500), "30"),
  TRACER_LOG_DAYS: v.optional(wholeNumber(1, 36_500), "90"),
  /** Days; also of how users came into their states. */
  AUDIT_LOG_DAYS: v.optional(wholeNumber(30, 36_500), "400"),
  /**
   * Days that a mail is remembered, so that no second reading delivers it again. The longest sweep that ends
   * now reads 366 days back, from the day before; what lies further back it may deliver again, under its first id.
   */
  SEEN_DAYS: v.optional(wholeNumber(370, 36_500), "400"),
  /** Days after which an archived user is removed for good; one that is restored catches up 30 days. */
  ARCHIVED_USER_DAYS: v.optional(daysOrOff(31), "off"),
});

export type FleetSettings = v.InferOutput<typeof fleetSettings>;

/** @throws {EnvError} that names all faults and no value. */
export const readSettings = (env: Readonly<Record<string, unknown>>): FleetSettings =>
  parseEnv(v.pipe(fleetSettings, productionRules()), env);
