import { neonConfig, type PoolClient, type PoolConfig } from "@neondatabase/serverless";
import { drizzle, type NeonDatabase } from "drizzle-orm/neon-serverless";
import { AbruptWebSocket } from "./abrupt-web-socket.ts";
import { AdmittedPool } from "./admitted-pool.ts";

/** A database, or a transaction in it: every query takes either. */
export type Db = Pick<
  NeonDatabase,
  | "select"
  | "selectDistinct"
  | "selectDistinctOn"
  | "insert"
  | "update"
  | "delete"
  | "execute"
  | "transaction"
>;

export interface DatabaseOptions {
  /** postgres://… */
  url: string;
  /** A WebSocket proxy to a Postgres that is not Neon, host:port or wss://host:port; absent for Neon. */
  proxy?: string | undefined;
  maxConnections: number;
  /**
   * How long to wait for a connection, and then for the answer to each query. A connection that
   * does not answer in time is closed, and another takes its place. 30 s by default.
   */
  timeoutMs?: number;
  /** Asked before each connection is used; a rejection is the query's. */
  admit?: () => Promise<void>;
  /** Told of a connection that broke; the pool replaces it by itself. */
  onConnectionLost?: (error: Error) => void;
}

/** A connection as the pool makes it. */
export interface RawConnection {
  query(text: string): Promise<{ rows: unknown[] }>;
}

export interface Database extends AsyncDisposable {
  db: Db;
  /** From now on a new connection is used only when this resolves. */
  acceptBy(accept: (connection: RawConnection) => Promise<void>): void;
}

/** Longer than the server's own limit of a statement: a server that lives says by itself what was too slow. */
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Opens a pool of WebSocket connections. In a Worker make one per request and dispose of it at its
 * end: a connection kept in module scope hangs in the next request.
 */
export function openDatabase(options: DatabaseOptions): Database {
  const { url, proxy, admit = () => Promise.resolve(), timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  neonConfig.webSocketConstructor = AbruptWebSocket;
  if (proxy !== undefined) useProxy(proxy);
  let accept: ((connection: RawConnection) => Promise<void>) | undefined;
  const pool = new AdmittedPool(
    {
      connectionString: url,
      max: options.maxConnections,
      connectionTimeoutMillis: timeoutMs,
      query_timeout: timeoutMs,
      onConnect: (client: RawConnection) => accept?.(client),
    } as PoolConfig,
    admit,
  );
  // A connection may be lost while idle and while in use: without a listener each is an uncaught
  // exception. What was in use rejects its query besides.
  const lost = (error: Error) => options.onConnectionLost?.(error);
  pool.on("error", lost);
  pool.on("connect", (client: PoolClient) => client.on("error", lost));
  const transaction: Db["transaction"] = async (work, config) => {
    const client = await pool.connect();
    const { guarded, release, lostBy } = guard(client);
    try {
      return await drizzle({ client: guarded }).transaction(work, config);
    } catch (error) {
      // On a lost connection the rollback fails too, and would hide why.
      throw lostBy() ?? error;
    } finally {
      release();
    }
  };
  return {
    // Drizzle's own keeps the connection for ever when it is lost at the beginning.
    db: Object.assign(drizzle({ client: pool }), { transaction }),
    acceptBy: (judge) => (accept = judge),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/**
 * The connection of one transaction. When it breaks or does not answer in time, it is thrown away at
 * once: a rollback behind a query without an answer would wait as long again.
 */
function guard(client: PoolClient) {
  let lostBy: unknown;
  let isReleased = false;
  const release = () => {
    if (!isReleased) client.release(lostBy !== undefined);
    isReleased = true;
  };
  const query = async (...asked: [string, unknown[]?]) => {
    try {
      return await client.query(...asked);
    } catch (error) {
      if (sqlStateOf(error) !== undefined) throw error;
      lostBy ??= error;
      release();
      throw error;
    }
  };
  const guarded: PoolClient = Object.create(client, { query: { value: query } });
  return { guarded, release, lostBy: () => lostBy };
}

/** The driver's settings are global; so is the choice of the proxy, made once per process. */
function useProxy(proxy: string): void {
  const isSecure = proxy.startsWith("wss://");
  const at = proxy.replace("wss://", "");
  neonConfig.fetchEndpoint = () => `${isSecure ? "https" : "http"}://${at}/sql`;
  neonConfig.wsProxy = (host, port) => `${at}/v2?address=${host}:${port}`;
  neonConfig.useSecureWebSocket = isSecure;
  neonConfig.pipelineTLS = false;
  neonConfig.pipelineConnect = false;
}

/** SQLSTATE of a failed query (`23505` is a broken unique constraint), wherever drizzle put it. */
export function sqlStateOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string" && /^[0-9A-Z]{5}$/.test(cause.code)) {
      return cause.code;
    }
  }
  return undefined;
}

/** Name of the constraint that a failed query broke. */
export function constraintOf(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("constraint" in cause && typeof cause.constraint === "string") return cause.constraint;
  }
  return undefined;
}
