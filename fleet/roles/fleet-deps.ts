import type { Db } from "../../db/client.ts";
import { ping } from "../../db/ping.ts";
import { expectInstallation } from "../../db/fleet/installation.ts";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import { type Clock, systemClock } from "../../shared/clock.ts";
import { type ConnectLinks, connectLinks } from "../../shared/secrets/connect-link.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { isProduction } from "../../shared/network/production.ts";
import {
  mailboxVault,
  type Opener,
  partnerVault,
  type Sealer,
} from "../../shared/secrets/vault.ts";
import { askBus } from "../bus/ask-bus.ts";
import { type Bus, connectBus } from "../bus/bus.ts";
import { createRecentBodies } from "../bus/recent-bodies.ts";
import { createEndpointClient, type Post } from "../dialling/endpoint-client.ts";
import { measuredBus } from "../metrics/measured-bus.ts";
import type { Metrics } from "../metrics/metrics.ts";
import { serveOperations } from "../metrics/operations-server.ts";
import type { Vitals } from "../metrics/vitals.ts";
import { type OwnReporter, startOwnReports } from "../roster/own-report.ts";
import { createReach, type Reach } from "../roster/reach.ts";
import { findInstallation } from "../find-installation.ts";
import { MailReader } from "../mime/reading/mail-reader.ts";
import { refuseDefaultAdmin } from "../refuse-default-admin.ts";
import type { FleetSettings } from "../settings.ts";
import type { Traces } from "../traces/traces.ts";

/** What the entry file creates and passes to `runFleet()`. */
export interface ProcessDeps {
  log: Log;
  metrics: Metrics;
  /** Prints one line that is not a log line. */
  print: (line: string) => void;
  /** Called once, when the instance is in the roster and has claimed its share of the users. */
  onReady: () => void;
}

/** What the parts of one instance share. */
export interface FleetDeps extends ProcessDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  mailboxVault: Sealer & Opener;
  partnerVault: Sealer & Opener;
  /** Creates the connect links in webhooks. */
  links: ConnectLinks;
  /** Sends requests to the partners' endpoints. */
  post: Post;
  /** Parses mail, which is untrusted input. */
  mails: MailReader;
  /** Reports to Postgres that this instance runs. */
  reporter: OwnReporter;
  /** Undefined when tracing is off. */
  traces?: Traces;
}

/** How often an instance reports to Postgres that it runs. */
const REPORT_INTERVAL_MS = 5_000;

/**
 * Serves /metrics, /livez and /readyz. Opened first and closed last, so that a process that cannot
 * connect, or is leaving, can still report that.
 */
export async function openOperations(
  resources: AsyncDisposableStack,
  settings: FleetSettings,
  { log, metrics }: ProcessDeps,
  vitals: () => Vitals,
): Promise<void> {
  const { METRICS_HOST: host, METRICS_PORT: port } = settings;
  if (port === null) return;
  const deps = { registry: metrics.registry, vitals };
  const { url } = resources.use(await serveOperations(deps, { host, port }));
  log.info("operations.served", { url });
}

/** Opens what the parts of an instance share. `resources` closes it all. */
export async function openDeps(
  resources: AsyncDisposableStack,
  settings: FleetSettings,
  given: ProcessDeps,
  signal: AbortSignal,
): Promise<FleetDeps> {
  const clock = systemClock;
  const { log, metrics } = given;
  const traces = await openTracing(settings, log);
  // Opened first, so that it is closed after everything that writes traces.
  if (traces) resources.use(traces);
  const database = resources.use(
    openTcpDatabase({
      ...databaseAddress(settings),
      maxConnections: settings.DATABASE_CONNECTIONS,
      timeoutMs: settings.DATABASE_TIMEOUT,
      onConnectionLost: (error) =>
        log.warn("database.connection_lost", { error: toErrorText(error) }),
    }),
  );
  const sizes = {
    eventsBytes: settings.EVENTS_MAX_BYTES,
    bodiesBytes: settings.BODIES_MAX_BYTES,
    deadBytes: settings.DEAD_MAX_BYTES,
    attemptsBytes: settings.ATTEMPTS_MAX_BYTES,
    replicas: settings.STREAM_REPLICAS,
  };
  const isInProduction = isProduction(settings.PUBLIC_URL);
  if (isInProduction) await refuseDefaultAdmin({ db: database.db, clock, log }, signal);
  const installationId = await findInstallation({ db: database.db, clock, log }, signal);
  database.acceptBy((connection) => expectInstallation(connection, installationId));
  const reporter = resources.use(
    startOwnReports(
      { db: database.db, clock, log },
      {
        instanceId: settings.INSTANCE_ID,
        role: settings.ROLE,
        intervalMs: Math.min(REPORT_INTERVAL_MS, settings.HEARTBEAT_INTERVAL),
      },
    ),
  );
  const busOptions = {
    installationId,
    url: settings.NATS_URL,
    name: settings.INSTANCE_ID,
    login: toNatsLogin(settings),
    caFile: settings.NATS_CA_FILE,
    refusesOldServer: isInProduction,
    ackWaitMs: settings.ACK_WAIT,
    sizes,
  };
  const bus = resources.use(await connectBus({ clock, log }, busOptions, signal));
  const endpoints = resources.use(
    createEndpointClient(
      {},
      {
        ports: settings.WEBHOOK_PORTS,
        allowsHttp: settings.ALLOW_HTTP_WEBHOOKS,
        allowsPrivateHosts: settings.ALLOW_PRIVATE_HOSTS,
        maxIdleSockets: settings.WEBHOOK_CONCURRENCY,
      },
    ),
  );
  const mails = resources.use(new MailReader({ clock, log }));
  const recentBodies = settings.ROLE === "all" && createRecentBodies(clock);
  return {
    ...given,
    mails,
    post: endpoints.post,
    bus: { ...measuredBus({ clock }, bus, metrics), ...(recentBodies && { recentBodies }) },
    db: database.db,
    clock,
    reporter,
    mailboxVault: mailboxVault(settings.MAILBOX_PRIVATE_KEYS),
    partnerVault: partnerVault(settings.PARTNER_KEYS),
    links: connectLinks(settings.PARTNER_KEYS, settings.PUBLIC_URL),
    ...(traces && { traces }),
  };
}

/**
 * Checks Postgres over a connection of its own: a busy pool does not mean that Postgres is
 * unreachable.
 */
export function openDatabaseReach(
  resources: AsyncDisposableStack,
  { clock, log }: Pick<FleetDeps, "clock" | "log">,
  settings: FleetSettings,
): Reach {
  const ttlMs = settings.HEARTBEAT_TTL;
  // The time limit is a third of the TTL: after one lost query and the pause that follows, there is
  // time for a second query.
  const options = { ...databaseAddress(settings), maxConnections: 1, timeoutMs: ttlMs / 3 };
  const { db } = resources.use(openTcpDatabase(options));
  return createReach({ clock, log, ask: () => ping(db) }, { name: "database_reach", ttlMs });
}

/** Checks NATS by requests to JetStream: a connection may be open although nobody answers. */
export const createNatsReach = (
  { bus, clock, log }: Pick<FleetDeps, "bus" | "clock" | "log">,
  { HEARTBEAT_TTL: ttlMs }: FleetSettings,
): Reach =>
  createReach({ clock, log, ask: () => askBus(bus, ttlMs / 3) }, { name: "nats_reach", ttlMs });

/**
 * Loads the tracing module only if OTEL_EXPORTER_OTLP_ENDPOINT is set. Otherwise tracing costs
 * neither memory nor time.
 */
async function openTracing(settings: FleetSettings, log: Log): Promise<Traces | null> {
  const endpoint = settings.OTEL_EXPORTER_OTLP_ENDPOINT;
  if (endpoint === undefined) return null;
  const { openTraces } = await import("../traces/otlp-traces.ts");
  return openTraces(
    { log },
    {
      endpoint,
      headers: settings.OTEL_EXPORTER_OTLP_HEADERS,
      ratio: settings.OTEL_TRACES_SAMPLER_ARG,
      instanceId: settings.INSTANCE_ID,
    },
  );
}

const databaseAddress = (settings: FleetSettings) => ({
  url: settings.DATABASE_URL,
  caFile: settings.DATABASE_CA_FILE,
  name: `superimap ${settings.INSTANCE_ID}`,
});

const toNatsLogin = ({ NATS_USER: user, NATS_PASSWORD: pass }: FleetSettings) =>
  user === undefined ? undefined : { user, pass: pass ?? "" };
