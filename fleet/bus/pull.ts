import type { Consumer, ConsumerMessages, JsMsg } from "@nats-io/jetstream";
import type { Subscription } from "@nats-io/transport-node";
import type { Bus } from "./bus.ts";
import { withDeadline } from "./with-deadline.ts";

/**
 * The longest time between two heartbeats of the server during a pull. After two missing
 * heartbeats, the pull counts as lost.
 */
const MAX_HEARTBEAT_MS = 5_000;
/**
 * The longest pull in a cluster. There, a pull ends only when it expires (see drain()). So stopping
 * a lane takes up to this long.
 */
const MAX_CLUSTER_PULL_MS = 5_000;
/** How long the server may take to confirm that a pull is closed. */
const CLOSING_TIMEOUT_MS = 5_000;

export interface PullOptions {
  maxMessages: number;
  /** How long to wait for `maxMessages` messages: at least 1 s; in a cluster at most 5 s. */
  expiresMs: number;
}

/**
 * Pulls once and yields each message as it arrives. An abort of `signal` ends the pull early, but
 * not in a cluster (see drain()). Messages that are on their way are still yielded. NATS would
 * repeat a dropped message only after the consumer's ack_wait. Rejects when the consumer or its
 * stream no longer exists.
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
    // After a reconnect, the client repeats the pull. With `bind`, the client does not look up the
    // consumer first. The server reports a missing consumer.
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
 * Ends the subscription, but receives messages until the server has confirmed the end. `close()`
 * would drop the messages that are on their way.
 *
 * Not used in a cluster: the consumer may be on another server, which learns of the end a little
 * later. Until then, that server sends messages to nobody, but counts them as delivered.
 */
async function drain(messages: ConsumerMessages): Promise<void> {
  if (hasSubscription(messages)) {
    const confirmed = withDeadline(messages.sub.drain(), CLOSING_TIMEOUT_MS, "close a pull");
    // An error means that the server does not answer, so no messages are on their way.
    await confirmed.catch(() => undefined);
  }
  await messages.close();
}

/**
 * Returns whether the library's object has the field `sub`, which the library's types do not
 * mention. Without this field, events would be delivered a minute late, and a test would fail.
 */
const hasSubscription = (
  messages: ConsumerMessages,
): messages is ConsumerMessages & { sub: Subscription } => "sub" in messages;
