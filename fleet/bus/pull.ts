import type { Consumer, ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import type { Subscription } from "@nats-io/transport-node";
import type { Bus } from "./bus.ts";
import { withDeadline } from "./with-deadline.ts";

/** A pull that the server has forgotten is noticed after two of these. */
const MAX_HEARTBEAT_MS = 5_000;
/** A pull of a cluster is closed by nobody but the server: stopping a lane takes no longer than this. */
const MAX_CLUSTER_PULL_MS = 5_000;
/** For the server to say that nothing more comes. */
const CLOSING_TIMEOUT_MS = 5_000;

export interface PullOptions {
  maxMessages: number;
  /** How long to wait for so many; 1 s at least. In a cluster 5 s at most. */
  expiresMs: number;
}

/**
 * Asks once and gives each message as it comes, until there are enough, time is over or `signal`
 * aborts: then it ends a little later, when nothing more can come. So nothing is given to a pull that
 * does not take it: that would come again only after the consumer's ack_wait. Rejects when the consumer or its stream is gone.
 */
export async function* pull(
  { connection }: Pick<Bus, "connection">,
  consumer: Consumer,
  { maxMessages, expiresMs: wantedMs }: PullOptions,
  signal: AbortSignal,
): AsyncGenerator<JsMsg> {
  if (signal.aborted) return;
  const isClustered = connection.info?.cluster !== undefined;
  const expiresMs = isClustered ? Math.min(wantedMs, MAX_CLUSTER_PULL_MS) : wantedMs;
  const messages = await consumer.fetch({
    max_messages: maxMessages,
    expires: expiresMs,
    idle_heartbeat: Math.min(expiresMs / 2, MAX_HEARTBEAT_MS),
    // Over a reconnect the pull is repeated without asking first: the server says if it is in vain.
    bind: true,
  });
  const stop = () => void drain(messages);
  if (!isClustered) signal.addEventListener("abort", stop);
  try {
    yield* messages;
  } finally {
    signal.removeEventListener("abort", stop);
    void messages.close();
  }
}

/**
 * Takes the subscription back, and goes on taking until the server has confirmed it: from then on it
 * gives to others what it finds no subscription for. `close()` would forget the subscription at once, with what is on its way.
 *
 * Not in a cluster: the consumer may be another server's, which hears of it a little later and takes what it sent
 * meanwhile for delivered. There the pull expires by itself.
 */
async function drain(messages: ConsumerMessages): Promise<void> {
  if (hasSubscription(messages)) {
    const confirmed = withDeadline(messages.sub.drain(), CLOSING_TIMEOUT_MS, "close a pull");
    // A server that is away holds nothing that is on its way.
    await confirmed.catch(() => undefined);
  }
  await messages.close();
}

/** No part of the library's interface. Without it events come a minute late, and a test says so. */
const hasSubscription = (
  messages: ConsumerMessages,
): messages is ConsumerMessages & { sub: Subscription } => "sub" in messages;
