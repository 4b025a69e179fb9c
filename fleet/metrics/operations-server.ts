import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { Registry } from "prom-client";
import type { Vitals } from "./vitals.ts";

export interface OperationsServer extends AsyncDisposable {
  /** The address of the server, without a trailing slash. */
  url: string;
}

export interface OperationsServerDeps {
  registry: Registry;
  vitals(): Vitals;
}

/**
 * Serves three paths:
 * - `/metrics`: for Prometheus.
 * - `/livez`: answers as long as the event loop runs.
 * - `/readyz`: answers 503 while the process cannot work, and says what is missing.
 *
 * Rejects when the address cannot be used.
 *
 * @param at.port With 0, any free port is used.
 */
export async function serveOperations(
  { registry, vitals }: OperationsServerDeps,
  at: { host: string; port: number },
): Promise<OperationsServer> {
  const answers: Readonly<Record<string, (response: ServerResponse) => Promise<void> | void>> = {
    "/metrics": async (response) => {
      vitals().refresh();
      const text = await registry.metrics();
      response.writeHead(200, { "content-type": registry.contentType }).end(text);
    },
    "/livez": (response) => say(response, 200, "alive"),
    "/readyz": async (response) => {
      const missing = await vitals().missing();
      if (missing.length === 0) say(response, 200, "ready");
      else say(response, 503, `not ready: ${missing.join(", ")}`);
    },
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? "/", "http://localhost");
    const answer = Object.hasOwn(answers, pathname) ? answers[pathname] : undefined;
    if (!answer) return say(response, 404, "not found");
    if (request.method !== "GET" && request.method !== "HEAD") {
      return say(response.setHeader("allow", "GET, HEAD"), 405, "method not allowed");
    }
    Promise.resolve(answer(response)).catch(() => say(response, 500, "not available"));
  });
  server.listen(at.port, at.host);
  try {
    await once(server, "listening");
  } catch (cause) {
    throw new Error(`Cannot serve metrics: cannot listen on ${at.host}:${at.port}`, { cause });
  }
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : at.port;
  const host = at.host.includes(":") ? `[${at.host}]` : at.host;
  return {
    url: `http://${host}:${port}`,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

function say(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { "content-type": "text/plain; charset=utf-8" }).end(`${text}\n`);
}
