import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { connect } from "node:net";
import { pipeline } from "node:stream/promises";
import { createWebSocketStream, type WebSocket, WebSocketServer } from "ws";
import { HOST, readPort } from "../../stack/ports.ts";
import { newSqlEndpoint } from "./sql-endpoint.ts";

export interface ServeOptions {
  port: number;
  /**
   * The PostgreSQL server. The proxy connects only to this server, even if a client requests
   * another.
   */
  postgres: { host: string; port: number };
}

/**
 * Serves the protocols of `@neondatabase/serverless` for a plain PostgreSQL: the wire protocol over
 * a WebSocket at `/v2`, and statements or batches at `POST /sql`.
 */
export async function serveDatabaseProxy(
  options: ServeOptions,
): Promise<AsyncDisposable & { port: number }> {
  const { port, postgres } = options;
  const sql = newSqlEndpoint(postgres);

  const server = createServer(
    { keepAlive: true },
    (request: IncomingMessage, response: ServerResponse) => {
      const isSql = request.method === "POST" && request.url === "/sql";
      if (isSql) sql.handle(request, response).catch(() => response.destroy());
      else response.writeHead(404).end("There are POST /sql and the WebSocket /v2");
    },
  );

  const sockets = new WebSocketServer({ server, path: "/v2", perMessageDeflate: false });
  sockets.on("connection", (socket: WebSocket) => {
    const stream = createWebSocketStream(socket);
    const database = connect({ ...postgres, noDelay: true, keepAlive: true });
    // Streams apply backpressure: when one side reads slowly, the other side must wait, so memory
    // does not fill up.
    pipeline(stream, database, stream).catch(() => socket.terminate());
  });

  server.listen(port, HOST);
  await once(server, "listening");
  return {
    port: readPort(server),
    async [Symbol.asyncDispose]() {
      for (const socket of sockets.clients) socket.terminate();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await sql[Symbol.asyncDispose]();
    },
  };
}
