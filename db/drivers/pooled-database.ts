import {
  type Database,
  type DatabaseOptions,
  type Db,
  keepsConnection,
  type RawConnection,
  type WholeDb,
} from "../client.ts";
import { nameAllStatements, nameStatement, type Statement } from "../prepared.ts";
import { runInOrder } from "../query.ts";
import { sendBatch } from "./send-batch.ts";

/** How a driver's pool is opened: the settings that both drivers understand. */
export interface PoolSettings {
  max: number;
  connectionTimeoutMillis: number;
  query_timeout: number;
  /** Called with each new connection. When it rejects, the connection is closed. */
  onConnect: (connection: RawConnection) => Promise<void> | undefined;
}

/** A connection of a driver's pool. */
interface PooledConnection {
  query(statement: Statement, values?: unknown[]): Promise<unknown>;
  /** @param isBroken Whether to close the connection instead of keeping it for others. */
  release(isBroken: boolean): void;
  on(event: "error", listener: (error: Error) => void): unknown;
  cork?(): void;
  uncork?(): void;
}

interface ConnectionPool<Connection> {
  connect(): Promise<Connection>;
  query(statement: Statement, values?: unknown[]): Promise<unknown>;
  end(): Promise<void>;
  on(event: "error", listener: (error: Error, connection: Connection) => void): unknown;
  on(event: "connect", listener: (connection: Connection) => void): unknown;
}

/**
 * A database driver: how to open its pool, and how to use Drizzle (our query builder) on the pool
 * or on one of its connections.
 */
interface Driver<Pool, Connection> {
  openPool(settings: PoolSettings): Pool;
  toDb(client: Pool | Connection): Db;
  /** Whether its connections send each statement at once. */
  pipelines?: boolean;
}

/**
 * How long a query may take by default: longer than the server's own statement timeout, so that a
 * working server reports a slow statement itself.
 */
export const DEFAULT_TIMEOUT_MS = 30_000;

/** Opens a pool of a driver's connections that behaves as `DatabaseOptions` describes. */
export function openPooledDatabase<
  Pool extends ConnectionPool<Connection>,
  Connection extends PooledConnection,
>(driver: Driver<Pool, Connection>, options: DatabaseOptions): Database {
  const { timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const toNamed = options.preparesAll ? nameAllStatements() : nameStatement;
  let accept: ((connection: RawConnection) => Promise<void>) | undefined;
  const pool = driver.openPool({
    max: options.maxConnections,
    connectionTimeoutMillis: timeoutMs,
    query_timeout: timeoutMs,
    onConnect: (connection) => accept?.(connection),
  });
  // A connection may be lost while it is idle or in use. If a query is in progress, it rejects. In
  // addition, the connection emits an error, which is an uncaught exception if nothing listens. For
  // an idle connection the pool emits the error as well, so `lose()` ignores a second error.
  const lostConnections = new WeakSet<Connection>();
  const lose = (error: Error, connection: Connection) => {
    if (lostConnections.has(connection)) return;
    lostConnections.add(connection);
    options.onConnectionLost?.(error);
  };
  pool.on("error", lose);
  pool.on("connect", (connection) => connection.on("error", (error) => lose(error, connection)));
  const admitting = (admit: () => Promise<void>): WholeDb => {
    const query = async (statement: Statement, values?: unknown[]) => {
      await admit();
      return await pool.query(toNamed(statement), values);
    };
    const admitted: Pool = Object.create(pool, { query: { value: query } });
    const transaction: Db["transaction"] = async (work, config) => {
      await admit();
      const connection = await pool.connect();
      const { guarded, release, lostBy } = guard(connection, toNamed);
      try {
        return await driver.toDb(guarded).transaction(work, config);
      } catch (error) {
        // On a lost connection the rollback fails too, and its error would hide the cause.
        throw lostBy() ?? error;
      } finally {
        release();
      }
    };
    const batch: WholeDb["batch"] = async (build, batchOptions) => {
      if (!driver.pipelines) return transaction((tx) => runInOrder(build(tx)));
      await admit();
      const connection = await pool.connect();
      const { guarded, release, lostBy } = guard(connection, toNamed);
      try {
        return await sendBatch(guarded, { toDb: driver.toDb, build, ...batchOptions });
      } catch (error) {
        throw lostBy() ?? error;
      } finally {
        release();
      }
    };
    // Replaces Drizzle's own `transaction`, which never releases a connection that is lost when the
    // transaction begins.
    return Object.assign(driver.toDb(admitted), { transaction, batch });
  };
  return {
    db: admitting(options.admit ?? (() => Promise.resolve())),
    admitting,
    acceptBy: (judge) => (accept = judge),
    [Symbol.asyncDispose]: () => pool.end(),
  };
}

/**
 * Guards the connection of one transaction. When the connection breaks or does not answer in time,
 * it is closed immediately: a rollback would be queued behind the unanswered query and wait for the
 * timeout once more.
 */
function guard<Connection extends PooledConnection>(
  connection: Connection,
  toNamed: typeof nameStatement,
) {
  let lostBy: unknown;
  let isReleased = false;
  const release = () => {
    if (!isReleased) connection.release(lostBy !== undefined);
    isReleased = true;
  };
  const query = async (statement: Statement, values?: unknown[]) => {
    try {
      return await connection.query(toNamed(statement), values);
    } catch (error) {
      if (keepsConnection(error)) throw error;
      lostBy ??= error;
      release();
      throw error;
    }
  };
  const guarded: Connection = Object.create(connection, { query: { value: query } });
  return { guarded, release, lostBy: () => lostBy };
}
