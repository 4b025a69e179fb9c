import { once } from "node:events";
import type { AddressInfo, Server, Socket } from "node:net";

export interface Listener extends AsyncDisposable {
  port: number;
}

/**
 * Starts a server. Disposing stops it and drops the remaining sockets, including those in a TLS
 * handshake.
 */
export async function listen(server: Server, host: string, port: number): Promise<Listener> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.listen(port, host);
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
