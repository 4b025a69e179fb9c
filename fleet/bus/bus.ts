import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import { type KV, Kvm } from "@nats-io/kv";
import { connect, type NatsConnection } from "@nats-io/transport-node";
import type { Clock } from "../../shared/clock.ts";
import { messageOf } from "../../shared/errors.ts";
import type { Log } from "../../shared/log.ts";
import { ensureStreams, type StreamSizes } from "./streams.ts";
import { FLEET_BUCKET } from "./subjects.ts";

const PUBLISH_TIMEOUT_MS = 5_000;
const FLEET_TTL_MS = 10 * 60_000;
const MAX_PAUSE_MS = 10_000;

export interface Message {
  subject: string;
  /** `Nats-Msg-Id`: a second publish of it within two hours is stored once. */
  id: string;
  payload: Uint8Array | string;
}

/** Where a message lies. The same for a duplicate. */
export interface Stored {
  seq: number;
  duplicate: boolean;
}

export interface Bus extends AsyncDisposable {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly fleet: KV;
  /** Publishes once and awaits the ack. Rejects when there is none. */
  publish(message: Message): Promise<Stored>;
  /**
   * Publishes again and again under the same id until it is acknowledged: NATS may be down, or the
   * stream full. Rejects only when `signal` aborts.
   */
  publishUntilStored(message: Message, signal: AbortSignal): Promise<Stored>;
  /** Creates streams and bucket again where the server has lost them. */
  repair(): Promise<void>;
  /** Sends a poke; lost when nobody listens. */
  poke(subject: string, payload: unknown): void;
  /** Calls back at each poke until `signal` aborts. */
  onPoke(subject: string, callback: () => void, signal: AbortSignal): void;
}

export interface BusOptions {
  url: string;
  /** Name of the connection as `nats server list connections` shows it. */
  name: string;
  sizes: StreamSizes;
}

interface BusDeps {
  clock: Clock;
  log: Log;
}

/**
 * Connects, creates streams and bucket where they are missing, and reconnects for ever. A server
 * that is not there yet is waited for.
 */
export async function connectBus(
  deps: BusDeps,
  options: BusOptions,
  signal: AbortSignal,
): Promise<Bus> {
  const connection = await connect({
    servers: options.url,
    name: options.name,
    // The defaults give up after 20 s and notice a frozen server after six minutes.
    maxReconnectAttempts: -1,
    waitOnFirstConnect: true,
    reconnectTimeWait: 500,
    reconnectJitter: 500,
    pingInterval: 10_000,
    maxPingOut: 2,
    // Otherwise each request makes an Error in advance: 6 % of the time of busy lanes.
    noAsyncTraces: true,
  });
  logStatus(connection, deps.log);
  const js = jetstream(connection, { timeout: PUBLISH_TIMEOUT_MS });
  const jsm = await jetstreamManager(connection, { timeout: PUBLISH_TIMEOUT_MS });

  const openFleet = () => new Kvm(js).create(FLEET_BUCKET, { history: 1, ttl: FLEET_TTL_MS });
  const ensure = async () => {
    await ensureStreams(jsm, options.sizes);
    return openFleet();
  };
  const fleet = await persist(ensure, deps, signal);
  let repairing: Promise<void> | undefined;
  const repair = () =>
    (repairing ??= ensure()
      .then(() => undefined)
      .finally(() => (repairing = undefined)));

  const publish = async ({ subject, id, payload }: Message): Promise<Stored> => {
    const ack = await js.publish(subject, payload, { msgID: id, timeout: PUBLISH_TIMEOUT_MS });
    return { seq: ack.seq, duplicate: ack.duplicate };
  };

  return {
    connection,
    js,
    jsm,
    fleet,
    publish,
    repair,
    publishUntilStored: (message, ended) =>
      persist(
        async () => {
          try {
            return await publish(message);
          } catch (error) {
            await repair();
            throw error;
          }
        },
        deps,
        ended,
      ),
    poke(subject, payload) {
      connection.publish(subject, JSON.stringify(payload));
    },
    onPoke(subject, callback, ended) {
      const subscription = connection.subscribe(subject, { callback });
      ended.addEventListener("abort", () => subscription.unsubscribe(), { once: true });
    },
    async [Symbol.asyncDispose]() {
      // Without a server there is nothing to drain.
      await connection.drain().catch(() => connection.close());
    },
  };
}

/** Tries again with back-off until it succeeds or `signal` aborts, and only then rejects. */
async function persist<T>(
  action: () => Promise<T>,
  { clock, log }: BusDeps,
  signal: AbortSignal,
): Promise<T> {
  for (let failures = 0; ; failures++) {
    signal.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      log.warn("bus.not_acknowledged", { error: messageOf(error), failures });
      const delayMs = Math.min(250 * 2 ** failures, MAX_PAUSE_MS);
      await clock.sleep(delayMs * (1 + clock.random() * 0.2), signal);
    }
  }
}

/** The server's version in the first line: newer features fail silently on an old one. */
function logStatus(connection: NatsConnection, log: Log): void {
  log.info("bus.connected", { server_version: connection.info?.version });
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === "disconnect") log.warn("bus.disconnected", {});
      if (status.type === "reconnect") log.info("bus.reconnected", {});
    }
  })();
}
