import { readFileSync } from "node:fs";
import { NodePgDatabase, NodePgDriver } from "drizzle-orm/node-postgres";
import { PgDialect } from "drizzle-orm/pg-core";
import { Pool, type PoolClient } from "pg";
import { usesTls, withoutTlsParameters } from "../../shared/network/database-url.ts";
import { AbruptClient } from "./abrupt-client.ts";
import type { Database, DatabaseOptions } from "../client.ts";
import { openPooledDatabase } from "./pooled-database.ts";

export interface TcpDatabaseOptions extends DatabaseOptions {
  /** A PEM file with the certificate authorities to trust, instead of the system's authorities. */
  caFile?: string | undefined;
  /** The name of the connections in pg_stat_activity. */
  name?: string;
}

/**
 * How long a connection is idle before the system asks whether the other side still exists. This is
 * less than the idle timeouts of routers and load balancers: after such a timeout they drop the
 * connection and notify nobody.
 */
const KEEP_ALIVE_DELAY_MS = 30_000;
/**
 * Remembers the names of all columns. With `drizzle()`, each request would work them out.
 */
const DIALECT = new PgDialect();
/** PostgreSQL cuts off longer names (NAMEDATALEN), with a notice for each connection. */
const MAX_NAME_LENGTH = 63;

/**
 * Opens a pool of TCP connections. All processes use it, except the Worker. `usesTls()` decides
 * whether the connections use TLS. With TLS, the server's certificate and host name are always
 * verified.
 *
 * @throws When `caFile` cannot be read.
 */
export function openTcpDatabase({
  caFile,
  name = "superimap",
  ...options
}: TcpDatabaseOptions): Database {
  const { url } = options;
  const tls = {
    rejectUnauthorized: true,
    ...(caFile !== undefined && { ca: readFileSync(caFile, "utf8") }),
  };
  return openPooledDatabase<Pool, PoolClient>(
    {
      openPool: (settings) =>
        new Pool({
          ...settings,
          Client: AbruptClient,
          connectionString: withoutTlsParameters(url),
          ssl: usesTls(url, caFile) && tls,
          application_name: name.slice(0, MAX_NAME_LENGTH),
          pipeline: options.preparesAll === true,
          keepAlive: true,
          keepAliveInitialDelayMillis: KEEP_ALIVE_DELAY_MS,
        }),
      toDb: (client) =>
        new NodePgDatabase(
          DIALECT,
          new NodePgDriver(client, DIALECT).createSession(undefined),
          undefined,
        ),
      pipelines: options.preparesAll === true,
    },
    options,
  );
}
