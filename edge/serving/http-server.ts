import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { setTimeout as delay } from "node:timers/promises";
import { type IncomingRequest, readIncoming, writeAnswer } from "./web-request.ts";

/** Answers one request. Must not reject. */
export type AnswerRequest = (asked: IncomingRequest) => Promise<Response>;

export interface HttpServer {
  /** The address of the server, without a trailing slash. */
  url: string;
  /** How many requests are being answered. */
  inFlight(): number;
  /**
   * Uses another certificate for new connections. Requests that are being answered keep the old
   * one.
   */
  useTls(tls: TlsTexts): Promise<void>;
  /** Stops accepting requests. Resolves when all are answered, or `patienceMs` have passed. */
  stop(patienceMs: number): Promise<void>;
}

/** A certificate with its chain, and its private key, as PEM texts. */
export interface TlsTexts {
  cert: string;
  key: string;
}

export interface HttpServerOptions {
  host: string;
  /** With 0, any free port is used. */
  port: number;
  /** Undefined means plain HTTP. */
  tls?: TlsTexts | undefined;
}

/**
 * The limits of each connection.
 *
 *   requestTimeout    a request must have arrived completely, so that slow senders hold no socket
 *   keepAliveTimeout  longer than the time for which common proxies keep idle connections (60 s;
 *                     Caddy 120 s). Otherwise they would send requests on a connection that closes
 *   maxHeaderSize     bytes; a longer header gets a 431
 */
const LIMITS = {
  headersTimeout: 15_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 130_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16_384,
};
/**
 * Beyond this number, Node closes new connections. Bun does not know it: there, `requestTimeout`
 * closes connections that are silent, and the system's limit of open files bounds the rest.
 */
const MAX_CONNECTIONS = 10_000;

/** Serves HTTP. Rejects when the address cannot be used, or the certificate is not valid. */
export async function serveHttp(
  answer: AnswerRequest,
  { host, port, tls }: HttpServerOptions,
): Promise<HttpServer> {
  let inFlight = 0;
  let isStopping = false;
  const onRequest = (incoming: IncomingMessage, outgoing: ServerResponse) => {
    inFlight++;
    outgoing.once("close", () => inFlight--);
    if (isStopping) outgoing.setHeader("connection", "close");
    const asked = readIncoming(incoming, outgoing);
    if (asked === undefined) return void outgoing.writeHead(400, { connection: "close" }).end();
    void answer(asked)
      .then((response) => writeAnswer(incoming, outgoing, response))
      .catch(() => outgoing.destroy());
  };
  const open = async (at: number, using: TlsTexts | undefined) => {
    const opened = using
      ? createTlsServer({ ...LIMITS, ...using }, onRequest)
      : createServer(LIMITS, onRequest);
    opened.maxConnections = MAX_CONNECTIONS;
    opened.listen(at, host);
    await listening(opened, `${host}:${at}`);
    return opened;
  };
  let server = await open(port, tls);
  /** Servers with an earlier certificate that still answer requests. */
  const earlier = new Set<Server>();
  const address = server.address();
  const usedPort = typeof address === "object" && address !== null ? address.port : port;
  return {
    url: `${tls ? "https" : "http"}://${host.includes(":") ? `[${host}]` : host}:${usedPort}`,
    inFlight: () => inFlight,
    // Bun has no `setSecureContext()`, so a new server takes over the port.
    async useTls(next) {
      const replaced = server;
      earlier.add(replaced);
      void close(replaced).then(() => earlier.delete(replaced));
      server = await open(usedPort, next);
    },
    async stop(patienceMs) {
      isStopping = true;
      const closed = Promise.all([server, ...earlier].map(close));
      const ended = new AbortController();
      await Promise.race([
        closed,
        delay(patienceMs, undefined, { signal: ended.signal }).catch(() => undefined),
      ]);
      ended.abort();
      for (const each of [server, ...earlier]) each.closeAllConnections();
    },
  };
}

/** @throws with what to do, when the address cannot be used. */
async function listening(server: Server, address: string): Promise<void> {
  try {
    await once(server, "listening");
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
    throw new Error(
      `Cannot serve HTTP: cannot listen on ${address}${code}. Set EDGE_PORT to a port that is free`,
      { cause },
    );
  }
}

/** Stops accepting connections. Resolves when all requests are answered. */
async function close(server: Server): Promise<void> {
  const closed = once(server, "close");
  server.close();
  server.closeIdleConnections();
  await closed;
}
