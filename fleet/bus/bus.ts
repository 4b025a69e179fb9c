import {
  type JetStreamClient,
  type JetStreamManager,
  jetstream,
  jetstreamManager,
} from "@nats-io/jetstream";
import type { KV } from "@nats-io/kv";
import { MsgHdrsImpl, type NatsConnection } from "@nats-io/transport-node";
import * as v from "valibot";
import type { Clock } from "../../shared/clock.ts";
import type { Log } from "../../shared/log.ts";
import { type Ask, createAsk } from "./connection/ask.ts";
import { connectNats, type NatsOptions } from "./connection/connect-nats.ts";
import { ForeignStreams } from "./installation-mark.ts";
import { readJetStreamAnswer } from "./connection/jetstream-answer.ts";
import { persist } from "./connection/persist.ts";
import type { RecentBodies } from "./recent-bodies.ts";
import { createStreamKeeper, type StreamKeeper } from "./stream-keeper.ts";
import type { StreamSizes } from "./streams.ts";
import { withDeadline } from "./with-deadline.ts";

/** How long a request to NATS may take. Also applies to publishing. */
const REQUEST_TIMEOUT_MS = 5_000;
const ACK_WAIT_MS = 60_000;
const UNACKNOWLEDGED = "bus.not_acknowledged";

/** The name of the header that carries the trace. @see https://www.w3.org/TR/trace-context/ */
export const TRACEPARENT = "traceparent";

export interface Message {
  subject: string;
  /** The `Nats-Msg-Id`. Within two hours, NATS does not store a second message with the same id. */
  id: string;
  payload: Uint8Array | string;
  /** W3C Trace Context, sent in the header `traceparent`. The receiver continues the trace. */
  traceparent?: string;
}

/** Where a message is stored. For a duplicate, this is where the first message is stored. */
export interface Stored {
  seq: number;
  duplicate: boolean;
}

export interface Bus extends AsyncDisposable {
  readonly connection: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly fleet: KV;
  /** For requests that each mail needs. Others use `js` and `jsm`. */
  readonly ask: Ask;
  /**
   * A message without an acknowledgement is delivered again after this time. The instance that
   * received it has probably crashed.
   */
  readonly ackWaitMs: number;
  /** Only in a process that both reads and delivers mail. */
  readonly recentBodies?: RecentBodies;
  /** Publishes once and waits for the ack. Rejects when no ack arrives. */
  publish(message: Message): Promise<Stored>;
  /**
   * Publishes again with the same id until NATS acknowledges the message. Waits while NATS is down
   * or the stream is full. Rejects only when `signal` aborts.
   */
  publishUntilStored(message: Message, signal: AbortSignal): Promise<Stored>;
  /** Creates the streams and the bucket FLEET again if the server has lost them. */
  repair(): Promise<void>;
  /**
   * Checks that the streams belong to this installation. Rejects while the connected server has the
   * streams of another installation.
   */
  verified(): Promise<void>;
  /** Sends a poke. It is lost when no instance listens. */
  poke(subject: string, payload: unknown): void;
  /** Calls `callback` at each poke until `signal` aborts. */
  onPoke(subject: string, callback: () => void, signal: AbortSignal): void;
}

export interface BusOptions extends NatsOptions {
  sizes: StreamSizes;
  /** The installation's id in the database. The streams must belong to the same installation. */
  installationId: string;
  /** The value for `Bus.ackWaitMs`. The default is a minute. */
  ackWaitMs?: number;
}

interface BusDeps {
  clock: Clock;
  log: Log;
}

/**
 * Connects, and reconnects without limit. Creates the streams and the bucket FLEET if they are
 * missing. Waits while no server answers.
 *
 * @throws {ForeignStreams} when the streams belong to another installation.
 */
export async function connectBus(
  deps: BusDeps,
  options: BusOptions,
  signal: AbortSignal,
): Promise<Bus> {
  const connection = await connectNats(deps, options, signal);
  try {
    const open = () => openJetStream(connection);
    const clients = await persist(deps, { event: UNACKNOWLEDGED, action: open }, signal);
    const keeper = createStreamKeeper(clients, options);
    logStatus(connection, deps.log, keeper.doubt);
    const isFinal = (error: unknown) => error instanceof ForeignStreams;
    const ensuring = { event: UNACKNOWLEDGED, action: keeper.ensure, isFinal };
    const fleet = await persist(deps, ensuring, signal);
    const ackWaitMs = options.ackWaitMs ?? ACK_WAIT_MS;
    return createBus(deps, { connection, ...clients, fleet, ackWaitMs }, keeper);
  } catch (error) {
    await connection.close();
    throw error;
  }
}

/**
 * Opens JetStream. Rejects when it does not answer, for example because a cluster has no leader
 * yet.
 */
async function openJetStream(connection: NatsConnection) {
  const options = { timeout: REQUEST_TIMEOUT_MS };
  return {
    js: jetstream(connection, options),
    jsm: await jetstreamManager(connection, options),
  };
}

function createBus(
  deps: BusDeps,
  opened: Pick<Bus, "connection" | "js" | "jsm" | "fleet" | "ackWaitMs">,
  { repair, verified }: StreamKeeper,
): Bus {
  const { connection } = opened;
  const ask = createAsk(connection, REQUEST_TIMEOUT_MS);
  const publish = async ({ subject, id, payload, traceparent }: Message): Promise<Stored> => {
    await verified();
    return readJetStreamAnswer(await ask(subject, payload, toHeaders(id, traceparent)), publishAck);
  };

  return {
    ...opened,
    ask,
    publish,
    repair,
    verified,
    publishUntilStored(message, ended) {
      const action = async () => {
        try {
          return await publish(message);
        } catch (error) {
          await repair();
          throw error;
        }
      };
      return persist(deps, { event: UNACKNOWLEDGED, action }, ended);
    },
    poke(subject, payload) {
      connection.publish(subject, JSON.stringify(payload));
    },
    onPoke(subject, callback, ended) {
      const subscription = connection.subscribe(subject, { callback });
      ended.addEventListener("abort", () => subscription.unsubscribe(), { once: true });
    },
    async [Symbol.asyncDispose]() {
      // If the server does not answer, `drain()` never ends. So after a timeout, the connection is
      // closed immediately.
      await withDeadline(connection.drain(), REQUEST_TIMEOUT_MS, "drain").catch(() =>
        connection.close(),
      );
    },
  };
}

/** The answer to a publication. `duplicate` is missing if it is false. */
const publishAck = v.object({ seq: v.number(), duplicate: v.optional(v.boolean(), false) });

/** Returns the headers of a message. A line break in a value would begin another header. */
function toHeaders(id: string, traceparent: string | undefined) {
  if (/[\r\n]/.test(id)) throw new Error("Cannot publish: the message id contains a line break");
  return MsgHdrsImpl.fromRecord({
    "Nats-Msg-Id": [id],
    ...(traceparent !== undefined && { [TRACEPARENT]: [traceparent] }),
  });
}

/**
 * Logs the server's version, and each lost and restored connection. The version matters because
 * newer features fail silently on an old server.
 */
function logStatus(connection: NatsConnection, log: Log, doubt: () => void): void {
  log.info("bus.connected", { server_version: connection.info?.version });
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === "disconnect") {
        doubt();
        log.warn("bus.disconnected", {});
      }
      if (status.type === "reconnect") log.info("bus.reconnected", {});
    }
  })();
}
