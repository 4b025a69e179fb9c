import { type Db, openDatabase } from "../db/client.ts";
import { type Clock, systemClock } from "../shared/clock.ts";
import { type ConnectLinks, connectLinks } from "../shared/connect-link.ts";
import { messageOf } from "../shared/errors.ts";
import type { Log } from "../shared/log.ts";
import { mailboxVault, type Opener, partnerVault, type Sealer } from "../shared/vault.ts";
import { type Bus, connectBus } from "./bus/bus.ts";
import { createEndpointClient, type Post } from "./dialling/endpoint-client.ts";
import { measuredBus } from "./metrics/measured-bus.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { serveOperations } from "./metrics/operations-server.ts";
import type { Vitals } from "./metrics/vitals.ts";
import type { FleetSettings } from "./settings.ts";

/** What the entry makes before anything can fail. */
export interface ProcessDeps {
  log: Log;
  metrics: Metrics;
  /** Prints one line that is no log line. */
  print: (line: string) => void;
  /** Called once, when the instance is in the roster and has taken the users that are its own. */
  onReady: () => void;
}

/** What the parts of one instance share. */
export interface FleetDeps extends ProcessDeps {
  bus: Bus;
  db: Db;
  clock: Clock;
  mailboxVault: Sealer & Opener;
  partnerVault: Sealer & Opener;
  /** Of the connect links in webhooks. */
  links: ConnectLinks;
  /** Dials the partners' endpoints. */
  post: Post;
}

/** First to open and last to close: a process that cannot connect, or is leaving, says so too. */
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

/** What is opened here is closed by `resources`. */
export async function openDeps(
  resources: AsyncDisposableStack,
  settings: FleetSettings,
  given: ProcessDeps,
  signal: AbortSignal,
): Promise<FleetDeps> {
  const clock = systemClock;
  const { log, metrics } = given;
  const database = resources.use(
    openDatabase({
      url: settings.DATABASE_URL,
      proxy: settings.DATABASE_PROXY,
      maxConnections: settings.DATABASE_CONNECTIONS,
      onConnectionLost: (error) =>
        log.warn("database.connection_lost", { error: messageOf(error) }),
    }),
  );
  const sizes = {
    eventsBytes: settings.EVENTS_MAX_BYTES,
    bodiesBytes: settings.BODIES_MAX_BYTES,
    deadBytes: settings.DEAD_MAX_BYTES,
    attemptsBytes: settings.ATTEMPTS_MAX_BYTES,
  };
  const options = { url: settings.NATS_URL, name: settings.INSTANCE_ID, sizes };
  const bus = resources.use(await connectBus({ clock, log }, options, signal));
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
  return {
    ...given,
    post: endpoints.post,
    bus: measuredBus({ clock }, bus, metrics),
    db: database.db,
    clock,
    mailboxVault: mailboxVault(settings.MAILBOX_PRIVATE_KEYS),
    partnerVault: partnerVault(settings.PARTNER_KEYS),
    links: connectLinks(settings.PARTNER_KEYS, settings.PUBLIC_URL),
  };
}
