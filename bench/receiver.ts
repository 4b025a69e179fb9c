import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { HOST, readPort } from "../dev/stack/ports.ts";

/** A server with the endpoints of all partners of a benchmark. Each partner has its own path. */
export interface Receiver extends AsyncDisposable {
  url: string;
  /** Maps each `webhook-id` to the time of its first request, as `performance.now()` gives it. */
  receivedAtMs: Map<string, number>;
}

type Answer = (path: string, response: ServerResponse, body: readonly Buffer[]) => void;

/**
 * Starts a receiver. It only records the time of each request and answers it, so it hardly affects
 * the measurement.
 */
export async function startReceiver(
  answer: Answer = (_, response) => response.end(),
): Promise<Receiver> {
  const receivedAtMs = new Map<string, number>();
  const server = createServer((request, response) => {
    const id = String(request.headers["webhook-id"]);
    if (!receivedAtMs.has(id)) receivedAtMs.set(id, performance.now());
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.once("end", () => answer(request.url ?? "/", response, chunks));
  });
  server.listen(0, HOST);
  await once(server, "listening");
  return {
    url: `http://${HOST}:${readPort(server)}`,
    receivedAtMs,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
