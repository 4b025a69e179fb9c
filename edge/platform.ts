import type { Database, DatabaseOptions } from "../db/client.ts";

/**
 * What the app needs from the runtime that serves it. It is created for each request: on Workers by
 * worker.ts, elsewhere by serving/serve-app.ts.
 */
export interface Platform {
  /** The caller's IP address, which the caller cannot forge; empty when it is unknown. */
  clientAddress: string;
  /** Opens the database client of the request. Dispose of it when the request ends. */
  openDatabase(options: Required<Pick<DatabaseOptions, "admit">>): RequestDatabase;
}

export type RequestDatabase = Pick<Database, "db"> & AsyncDisposable;

/**
 * How long a query may take. This is short enough that the caller still waits when we answer 503.
 */
export const QUERY_TIMEOUT_MS = 15_000;
