import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { ping } from "../../db/ping.ts";
import { openTcpDatabase } from "../../db/drivers/tcp-database.ts";
import { toErrorText } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import type { WholeDb } from "../../db/client.ts";
import { createApp } from "../app.ts";
import { QUERY_TIMEOUT_MS } from "../platform.ts";
import { RATE_LIMIT_PERIOD_S, toAppSettings } from "../settings.ts";
import { loadBuiltPages } from "./built-pages.ts";
import { type DatabaseFault, describeDatabaseFault } from "./database-fault.ts";
import { createEdgeMetrics } from "./edge-metrics.ts";
import { type HttpServer, serveHttp } from "./http-server.ts";
import { createMemoryRateLimit } from "./memory-rate-limit.ts";
import { createOperations } from "./operations.ts";
import { createAnswer } from "./serve-app.ts";
import type { EdgeServerSettings } from "./server-settings.ts";
import { type FollowDeps, followTls, readTls } from "./tls-files.ts";

export interface EdgeDeps extends Pick<FollowDeps, "onHangUp"> {
  log: Log;
  /** The folder of the pages that Vite has built. */
  pagesFolder: string;
}

/** How long a stop waits for requests. The longest wait is for an answer of the fleet, 25 s. */
const STOP_PATIENCE_MS = 30_000;
/**
 * How long Postgres may take to answer a check. It must end before the caller of /readyz stops
 * waiting.
 */
const CHECK_TIMEOUT_MS = 1_500;
/** How often Postgres is checked until the process is ready. */
const RECHECK_MS = 2_000;

/** Serves the edge until `signal` aborts. Then it stops accepting and finishes what runs. */
export async function runEdge(
  settings: EdgeServerSettings,
  { log, pagesFolder, onHangUp }: EdgeDeps,
  signal: AbortSignal,
): Promise<void> {
  await using resources = new AsyncDisposableStack();
  const open = (name: string, maxConnections: number, timeoutMs: number) =>
    resources.use(
      openTcpDatabase({
        url: settings.DATABASE_URL,
        caFile: settings.DATABASE_CA_FILE,
        name,
        maxConnections,
        timeoutMs,
        preparesAll: true,
        onConnectionLost: (error) => log.warn("database.lost", { error: toErrorText(error) }),
      }),
    );
  const database = open("superimap-edge", settings.EDGE_DATABASE_CONNECTIONS, QUERY_TIMEOUT_MS);
  // Has its own connection, so that a flood of requests does not make the process look unready.
  const check = open("superimap-edge-check", 1, CHECK_TIMEOUT_MS);

  let served: HttpServer | undefined;
  const metrics = createEdgeMetrics({ inFlight: () => served?.inFlight() ?? 0 });
  const missing = async () => [
    ...(signal.aborted ? ["stopping"] : []),
    ...(await findFault(check.db)).map(({ reason }) =>
      reason === undefined ? "postgres" : `postgres (${reason})`,
    ),
  ];
  const operations = await serveHttp(createOperations({ registry: metrics.registry, missing }), {
    host: settings.METRICS_HOST,
    port: settings.EDGE_METRICS_PORT,
  });
  resources.defer(() => operations.stop(0));
  log.info("operations.served", { url: operations.url });

  const pages = await loadBuiltPages(pagesFolder);
  if (!pages)
    log.warn("pages.missing", {
      reason: "they were not built: run npx vite build --configLoader native",
    });
  const files = toTlsFiles(settings);
  const tls = files && (await readTls(files));
  const answer = createAnswer({
    app: createApp(),
    settings: toAppSettings(settings, {
      rateLimiter: toRateLimiter(settings.RATE_LIMIT),
      staticFiles: pages?.binding,
    }),
    pages,
    isTls: tls !== undefined,
    isTrustedProxy: settings.TRUSTED_PROXIES,
    openDatabase: ({ admit }) => ({
      db: database.admitting(admit),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
    metrics,
    log,
  });
  const { EDGE_HOST: host, EDGE_PORT: port } = settings;
  served = await serveHttp(answer, { host, port, tls });
  const following =
    files && tls && followTls(files, tls, { server: served, log, onHangUp }, signal);
  const ready = { url: served.url, public_url: settings.PUBLIC_URL };
  await Promise.all([following, logReadiness(check.db, { log, ready }, signal)]);
  if (!signal.aborted) await once(signal, "abort");
  await served.stop(STOP_PATIENCE_MS);
}

/** Logs when Postgres answers, and until then why it does not. */
async function logReadiness(
  db: WholeDb,
  { log, ready }: { log: Log; ready: Parameters<Log["info"]>[1] },
  signal: AbortSignal,
): Promise<void> {
  let reported: string | undefined;
  while (!signal.aborted) {
    const [fault] = await findFault(db);
    if (!fault) return log.info("edge.ready", ready);
    if (fault.action !== reported) log.error("edge.not_ready", { missing: "postgres", ...fault });
    reported = fault.action;
    await delay(RECHECK_MS, undefined, { signal }).catch(() => undefined);
  }
}

const findFault = (db: WholeDb): Promise<readonly DatabaseFault[]> =>
  ping(db).then(
    () => [],
    (error: unknown) => [describeDatabaseFault(error)],
  );

const toRateLimiter = (requests: number) =>
  requests === 0
    ? undefined
    : createMemoryRateLimit({ requests, periodS: RATE_LIMIT_PERIOD_S }, () => performance.now());

const toTlsFiles = (settings: EdgeServerSettings) => {
  const { TLS_CERTIFICATE_FILE: certificateFile, TLS_KEY_FILE: keyFile } = settings;
  return certificateFile === undefined || keyFile === undefined
    ? undefined
    : { certificateFile, keyFile };
};
