import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { persist } from "./persist.ts";
import { refuseOldServer } from "./server-version.ts";

export interface NatsOptions {
  /** With tls:// a server that does not speak TLS is not used. */
  url: string;
  /** Name of the connection as `nats server list connections` shows it. */
  name: string;
  login?: { user: string; pass: string } | undefined;
  /** PEM file of the authorities to trust, in place of the system's. */
  caFile?: string | undefined;
  refusesOldServer?: boolean;
}

/** Connects, and reconnects for ever. A server that is not there yet is waited for; one that is too old is refused. */
export async function connectNats(
  deps: { clock: Clock; log: Log },
  { url, name, login, caFile, refusesOldServer }: NatsOptions,
  signal: AbortSignal,
): Promise<NatsConnection> {
  const dial = () =>
    connect({
      servers: url,
      name,
      ...login,
      // Without it the client takes what the server offers.
      ...(url.startsWith("tls:") && { tls: { ...(caFile !== undefined && { caFile }) } }),
      // The defaults give up after 20 s and notice a frozen server after six minutes: here after 15 s, and while it
      // takes connections, others of its cluster are tried after 5 s.
      timeout: 5_000,
      maxReconnectAttempts: -1,
      reconnectTimeWait: 500,
      reconnectJitter: 500,
      pingInterval: 5_000,
      maxPingOut: 2,
      // Otherwise each request makes an Error in advance: 6 % of the time of busy lanes.
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
