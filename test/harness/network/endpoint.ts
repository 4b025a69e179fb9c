import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type RequestListener } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { setTimeout as delay } from "node:timers/promises";

export interface Posted {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
  atMs: number;
}

export interface EndpointAnswer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
  delayMs?: number;
}

/** A partner's endpoint. It records requests and gives the answers that the test chooses. */
export interface Endpoint extends AsyncDisposable {
  url: string;
  posted: Posted[];
}

/**
 * @param chooseAnswer Returns the answer to a request. `n` counts the requests with this
 * `webhook-id`, from 1.
 * @param certificate With it, the endpoint uses TLS.
 */
export async function startEndpoint(
  chooseAnswer: (request: Posted, n: number) => EndpointAnswer | Promise<EndpointAnswer> = () => ({
    status: 200,
  }),
  certificate?: { key: string; cert: string },
): Promise<Endpoint> {
  const posted: Posted[] = [];
  const closing = new AbortController();
  const listener: RequestListener = (request, response) => {
    void (async () => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
      const { url: path = "/", headers } = request;
      const one = { path, headers, body: Buffer.concat(chunks).toString(), atMs: Date.now() };
      posted.push(one);
      const n = posted.filter(({ headers: h }) => h["webhook-id"] === headers["webhook-id"]).length;
      const answer = await chooseAnswer(one, n);
      if (answer.delayMs) await delay(answer.delayMs, undefined, { signal: closing.signal });
      response.writeHead(answer.status, answer.headers).end(answer.body ?? "");
    })().catch(() => response.destroy());
  };
  const server = certificate ? createTlsServer(certificate, listener) : createServer(listener);
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  return {
    url: `http${certificate ? "s" : ""}://127.0.0.1:${port}`,
    posted,
    async [Symbol.asyncDispose]() {
      closing.abort();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}
