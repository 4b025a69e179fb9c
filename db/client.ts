import { neonConfig, type PoolClient, type PoolConfig } from "@neondatabase/serverless";
import { drizzle, type NeonDatabase } from "drizzle-orm/neon-serverless";
import { AbruptWebSocket } from "./abrupt-web-socket.ts";
import { AdmittedPool } from "./admitted-pool.ts";

/** A database, or a transaction in it. Every function with a query accepts both. */
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
  /**
   * A WebSocket proxy to a Postgres that is not on Neon, as host:port or wss://host:port. Undefined
   * for Neon.
   */
  proxy?: string | undefined;
  maxConnections: number;
  /**
   * How long to wait for a connection, and then for the answer to each query. A connection that
   * does not answer in time is closed and replaced. The default is 30 s.
   */
  timeoutMs?: number;
  /**
   * Called before each connection is used. When it rejects, the query rejects with the same error.
   */
  admit?: () => Promise<void>;
  /** Called when a connection is lost. The pool opens a new one. */
  onConnectionLost?: (error: Error) => void;
}

/** The part of a new connection that the check of `acceptBy()` uses. */
export interface RawConnection {
  query(text: string): Promise<{ rows: unknown[] }>;
}

export interface Database extends AsyncDisposable {
  db: Db;
  /** Sets a check: from now on, a new connection is used only after `accept` resolves. */
  acceptBy(accept: (connection: RawConnection) => Promise<void>): void;
}

/**
 * How long a query may take by default: longer than the server's own statement timeout, so that a
 * working server reports a slow statement itself.
 */
const DEFAULT_TIMEOUT_MS = 30_000;

/**
 * Opens a pool of WebSocket connections. In a Worker, open one per request and dispose of it when
 * the request ends: a connection in module scope hangs in the next request.
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
  // A connection may be lost while it is idle or in use. Without these listeners, either loss would
  // be an uncaught exception. A query in progress also rejects.
  const lost = (error: Error) => options.onConnectionLost?.(error);
  pool.on("error", lost);
  pool.on("connect", (client: PoolClient) => client.on("error", lost));
  const transaction: Db["transaction"] = async (work, config) => {
    const client = await pool.connect();
    const { guarded, release, lostBy } = guard(client);
    try {
      return await drizzle({ client: guarded }).transaction(work, config);
    } catch (error) {
      // On a lost connection the rollback fails too, and its error would hide the cause.
      throw lostBy() ?? error;
    } finally {
      release();
    }
  };
  return {
    // Replaces Drizzle's own `transaction`, which never releases a connection that is lost when the
    // transaction begins.
    db: Object.assign(drizzle({ client: pool }), { transaction }),
    acceptBy: (judge) => (accept = judge),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/**
 * Guards the connection of one transaction. When the connection breaks or does not answer in time,
 * it is closed immediately: a rollback would be queued behind the unanswered query and wait for the
 * timeout once more.
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
      if (findSqlState(error) !== undefined) throw error;
      lostBy ??= error;
      release();
      throw error;
    }
  };
  const guarded: PoolClient = Object.create(client, { query: { value: query } });
  return { guarded, release, lostBy: () => lostBy };
}

/** Sets the proxy. The driver's settings are global, so a process can use only one proxy. */
function useProxy(proxy: string): void {
  const isSecure = proxy.startsWith("wss://");
  const at = proxy.replace("wss://", "");
  neonConfig.fetchEndpoint = () => `${isSecure ? "https" : "http"}://${at}/sql`;
  neonConfig.wsProxy = (host, port) => `${at}/v2?address=${host}:${port}`;
  neonConfig.useSecureWebSocket = isSecure;
  neonConfig.pipelineTLS = false;
  neonConfig.pipelineConnect = false;
}

/**
 * Returns the SQLSTATE of a failed query, such as `23505` (unique constraint violated). Searches
 * the error and all its causes.
 */
export function findSqlState(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("code" in cause && typeof cause.code === "string" && /^[0-9A-Z]{5}$/.test(cause.code)) {
      return cause.code;
    }
  }
  return undefined;
}

/** Returns the name of the constraint that a failed query violated. */
export function findConstraint(error: unknown): string | undefined {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    if ("constraint" in cause && typeof cause.constraint === "string") return cause.constraint;
  }
  return undefined;
}
