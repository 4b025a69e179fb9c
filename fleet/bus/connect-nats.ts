import type { NatsConnection } from "@nats-io/transport-node";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { connectGrouping } from "./nats-transport.ts";
import { persist } from "./persist.ts";
import { refuseOldServer } from "./server-version.ts";

export interface NatsOptions {
  /** With tls://, a server that does not speak TLS is refused. */
  url: string;
  /** The name of the connection, as `nats server list connections` shows it. */
  name: string;
  login?: { user: string; pass: string } | undefined;
  /** A PEM file of the certificate authorities to trust. They replace the system's. */
  caFile?: string | undefined;
  refusesOldServer?: boolean;
}

/**
 * Connects, and reconnects without limit. Waits while no server answers. With `refusesOldServer`,
 * rejects when the server is too old.
 */
export async function connectNats(
  deps: { clock: Clock; log: Log },
  { url, name, login, caFile, refusesOldServer }: NatsOptions,
  signal: AbortSignal,
): Promise<NatsConnection> {
  const dial = () =>
    connectGrouping({
      servers: url,
      name,
      ...login,
      // Without this option, the client would connect without TLS if the server offers no TLS.
      ...(url.startsWith("tls:") && { tls: { ...(caFile !== undefined && { caFile }) } }),
      // By default the client stops reconnecting after 20 s, and notices a frozen server after six
      // minutes. With these values it reconnects without limit, and notices a frozen server after
      // 15 s. If the frozen server still accepts connections, the client gives up connecting to it
      // after 5 s, and tries the other servers of the cluster.
      timeout: 5_000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      reconnectJitter: 500,
      pingInterval: 5_000,
      maxPingOut: 2,
      // Without this option, each request creates an Error in advance, in case it fails. In busy
      // lanes, this takes 6 % of the CPU time.
      noAsyncTraces: true,
    });
  const connection = await persist(deps, { event: "bus.unreachable", action: dial }, signal);
  if (refusesOldServer === true) {
    try {
      refuseOldServer(connection.info?.version);
    } catch (error) {
      await connection.close();
      throw error;
    }
  }
  return connection;
}
