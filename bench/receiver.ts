import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { HOST, readPort } from "../dev/stack/ports.ts";

/** The endpoints of all partners of a benchmark, one path for each. */
export interface Receiver extends AsyncDisposable {
  url: string;
  /** The time of the first delivery of each webhook id, on the clock of `performance.now()`. */
  receivedAtMs: Map<string, number>;
}

/** Starts an endpoint that only answers requests, so that it hardly affects the measurement. */
export async function startReceiver(
  answer: (path: string, response: ServerResponse) => void = (_, response) => response.end(),
): Promise<Receiver> {
  const receivedAtMs = new Map<string, number>();
  const server = createServer((request, response) => {
    const id = String(request.headers["webhook-id"]);
    if (!receivedAtMs.has(id)) receivedAtMs.set(id, performance.now());
    request.resume();
    request.once("end", () => answer(request.url ?? "/", response));
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
