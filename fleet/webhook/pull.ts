import type { Consumer, JsMsg } from "@nats-io/jetstream";

const EXPIRES_MS = 30_000;
/** A pull that the server has forgotten is noticed after two of these. */
const HEARTBEAT_MS = 5_000;

/**
 * Asks for up to `maxMessages` once and gives each as it comes, until there are so many, half a
 * minute is over or `signal` aborts. Rejects when the consumer or its stream is gone.
 */
export async function* pull(
  consumer: Consumer,
  maxMessages: number,
  signal: AbortSignal,
): AsyncGenerator<JsMsg> {
  if (signal.aborted) return;
  const messages = await consumer.fetch({
    max_messages: maxMessages,
    expires: EXPIRES_MS,
    idle_heartbeat: HEARTBEAT_MS,
    // Over a reconnect the pull is repeated without asking first: the server says if it is in vain.
    bind: true,
  });
  const stop = () => void messages.close();
  signal.addEventListener("abort", stop);
  try {
    yield* messages;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
