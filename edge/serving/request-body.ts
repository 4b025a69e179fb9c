import type { IncomingMessage } from "node:http";

/** How many bytes of a body wait for the app. Beyond this, no more is read from the connection. */
const MAX_WAITING_BYTES = 65_536;
/** How much of a body that the app did not read is read and thrown away, and for how long. */
const MAX_DISCARDED_BYTES = 1_048_576;
const MAX_DISCARD_MS = 2_000;

/**
 * Returns the body of a request. Unlike the stream of `Readable.toWeb()`, it does not close the
 * connection when the app stops reading, so that the app can still answer.
 */
export function toBody(incoming: IncomingMessage): ReadableStream<Uint8Array> {
  let isOpen = true;
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        incoming.pause();
        incoming.on("data", (chunk: Buffer) => {
          if (!isOpen) return;
          controller.enqueue(new Uint8Array(chunk));
          if ((controller.desiredSize ?? 0) <= 0) incoming.pause();
        });
        const end = (finish: () => void) => {
          if (isOpen) finish();
          isOpen = false;
        };
        incoming.once("end", () => end(() => controller.close()));
        incoming.once("error", (error) => end(() => controller.error(error)));
        incoming.once("close", () =>
          end(() => controller.error(new Error("The caller disconnected"))),
        );
      },
      pull: () => void incoming.resume(),
      cancel: () => void (isOpen = false),
    },
    new ByteLengthQueuingStrategy({ highWaterMark: MAX_WAITING_BYTES }),
  );
}

/**
 * Reads what the app left of a body. A caller that is still sending when the connection closes would
 * not see the answer. Resolves when all is read, or there is too much of it.
 */
export async function discardRest(incoming: IncomingMessage): Promise<void> {
  if (incoming.complete || incoming.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, MAX_DISCARD_MS);
  let bytes = 0;
  const count = (chunk: Buffer) => {
    bytes += chunk.byteLength;
    if (bytes > MAX_DISCARDED_BYTES) resolve();
  };
  incoming.on("data", count);
  for (const event of ["end", "error", "close"]) incoming.once(event, () => resolve());
  incoming.resume();
  await promise;
  clearTimeout(timer);
  incoming.off("data", count).pause();
}
