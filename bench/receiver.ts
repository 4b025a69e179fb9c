import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import { HOST, portOf } from "../dev/stack/ports.ts";

/** The endpoints of all partners of a benchmark, one path each. */
export interface Receiver extends AsyncDisposable {
  url: string;
  /** When each webhook came first, on the clock of `performance.now()`, by its id. */
  receivedAtMs: Map<string, number>;
}

/** Answers and nothing else, so that it takes little of what is measured. */
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
    url: `http://${HOST}:${portOf(server)}`,
    receivedAtMs,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
