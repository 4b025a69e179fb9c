import type { Consumer, JsMsg } from "@nats-io/jetstream";

/** A pull that the server has forgotten is noticed after two of these. */
const MAX_HEARTBEAT_MS = 5_000;

export interface PullOptions {
  maxMessages: number;
  /** How long to wait for so many; 1 s at least. */
  expiresMs: number;
}

/**
 * Asks once and gives each message as it comes, until there are enough, time is over or `signal`
 * aborts: what is then on its way comes again after the consumer's ack_wait. Rejects when the
 * consumer or its stream is gone.
 */
export async function* pull(
  consumer: Consumer,
  { maxMessages, expiresMs }: PullOptions,
  signal: AbortSignal,
): AsyncGenerator<JsMsg> {
  if (signal.aborted) return;
  const messages = await consumer.fetch({
    max_messages: maxMessages,
    expires: expiresMs,
    idle_heartbeat: Math.min(expiresMs / 2, MAX_HEARTBEAT_MS),
    // Over a reconnect the pull is repeated without asking first: the server says if it is in vain.
    bind: true,
  });
  const stop = () => void messages.close();
  signal.addEventListener("abort", stop);
  try {
    yield* messages;
  } finally {
    signal.removeEventListener("abort", stop);
    void messages.close();
  }
}
