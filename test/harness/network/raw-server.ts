import { once } from "node:events";
import { createServer, type Socket } from "node:net";

/**
 * A TCP server that ignores what clients send. For each connection, it calls a function of the
 * test.
 */
export interface RawServer extends AsyncDisposable {
  host: string;
  port: number;
  url: string;
  /** The number of connections that the server has accepted up to now. */
  accepted(): number;
  open(): number;
}

export async function startRawServer(
  behave: (socket: Socket) => void,
  host = "127.0.0.1",
  atPort = 0,
): Promise<RawServer> {
  const sockets = new Set<Socket>();
  let accepted = 0;
  const server = createServer((socket) => {
    accepted++;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // Ignores errors of the connection, such as a reset by the client. They do not matter to the
    // test.
    socket.on("error", () => undefined);
    socket.resume();
    behave(socket);
  });
  server.listen(atPort, host);
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" ? (address?.port ?? 0) : 0;
  return {
    host,
    port,
    url: `http://${host.includes(":") ? `[${host}]` : host}:${port}/`,
    accepted: () => accepted,
    open: () => sockets.size,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
