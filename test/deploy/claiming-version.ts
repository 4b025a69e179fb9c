import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";
import { HOST, portOf } from "../../dev/ports.ts";

/** Stands before a nats-server and has it say that it is of another version. */
export async function claimingVersion(
  port: number,
  version: string,
): Promise<AsyncDisposable & { url: string }> {
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(port, HOST);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => (client.destroy(), upstream.destroy()));
    }
    upstream.once("data", (info: Buffer) => {
      client.write(
        info.toString("latin1").replace(/"version":"[^"]*"/, `"version":"${version}"`),
        "latin1",
      );
      upstream.pipe(client);
    });
    client.pipe(upstream);
  });
  server.listen(0, HOST);
  await once(server, "listening");
  return {
    url: `nats://${HOST}:${portOf(server)}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
