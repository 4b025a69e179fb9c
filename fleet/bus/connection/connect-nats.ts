import type { NatsConnection } from "@nats-io/transport-node";
import type { Clock } from "../../../shared/clock.ts";
import type { Log } from "../../../shared/log.ts";
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
      // The client gives up one attempt to connect after 5 s, and tries another server of the
      // cluster. It reconnects without limit (default: for 20 s). It notices a frozen server after
      // 15 s (default: after six minutes).
      timeout: 5_000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      reconnectJitter: 500,
      pingInterval: 5_000,
      maxPingOut: 2,
      // Without this option, the client creates an Error for each request in advance. In busy
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
