import { neonConfig, Pool, type PoolClient } from "@neondatabase/serverless";
import { drizzle } from "drizzle-orm/neon-serverless";
import { AbruptWebSocket } from "./abrupt-web-socket.ts";
import type { Database, DatabaseOptions } from "../client.ts";
import { openPooledDatabase } from "./pooled-database.ts";

export interface NeonDatabaseOptions extends DatabaseOptions {
  /**
   * The address of a proxy, as host:port or wss://host:port. Only a Postgres that is not
   * on Neon needs one.
   */
  proxy?: string | undefined;
}

/**
 * Opens a pool of WebSocket connections. A Worker connects to Postgres in this way, because Node's
 * TCP sockets do not exist there. Open one pool per request, and dispose of it when the request
 * ends: a connection in module scope hangs in the next request.
 */
export function openNeonDatabase({ proxy, ...options }: NeonDatabaseOptions): Database {
  neonConfig.webSocketConstructor = AbruptWebSocket;
  if (proxy !== undefined) useProxy(proxy);
  return openPooledDatabase<Pool, PoolClient>(
    {
      openPool: (settings) => new Pool({ ...settings, connectionString: options.url }),
      toDb: (client) => drizzle({ client }),
    },
    options,
  );
}

/** Sets the proxy for the whole process, because the driver's settings are global. */
export function useProxy(proxy: string): void {
  const isSecure = proxy.startsWith("wss://");
  const at = proxy.replace("wss://", "");
  neonConfig.fetchEndpoint = () => `${isSecure ? "https" : "http"}://${at}/sql`;
  neonConfig.wsProxy = (host, port) => `${at}/v2?address=${host}:${port}`;
  neonConfig.useSecureWebSocket = isSecure;
  neonConfig.pipelineTLS = false;
  neonConfig.pipelineConnect = false;
}
