import { once } from "node:events";
import { createServer, type Socket } from "node:net";
import { HOST, readPort } from "../../dev/stack/ports.ts";

/** A mail server that accepts connections and never answers. Disposing of it closes them. */
export async function startSilentServer(): Promise<AsyncDisposable & { port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
  });
  server.listen(0, HOST);
  await once(server, "listening");
  const port = readPort(server);
  return {
    port,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
