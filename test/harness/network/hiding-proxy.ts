import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { HOST, readPort } from "../../../dev/stack/ports.ts";

export interface HidingProxy extends AsyncDisposable {
  port: number;
  /** The number of connections that clients have opened up to now. */
  connectionCount(): number;
}

/**
 * Starts a proxy between clients and an IMAP server, without TLS. The proxy removes the
 * capabilities in `hidden` from the server's answers.
 */
export async function startHidingProxy(
  target: { host: string; port: number },
  hidden: readonly string[],
): Promise<HidingProxy> {
  const sockets = new Set<Socket>();
  let count = 0;
  const server = createServer((client) => {
    count += 1;
    const upstream = connect(target.port, target.host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("close", () => upstream.destroy());
    upstream.on("close", () => client.destroy());
    client.pipe(upstream);
    upstream.on("data", (data) => client.write(without(hidden, data)));
  });
  server.listen(0, HOST);
  await once(server, "listening");
  return {
    port: readPort(server),
    connectionCount: () => count,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

function without(hidden: readonly string[], data: Buffer): Buffer {
  const text = data.toString("latin1");
  if (!text.includes("CAPABILITY")) return data;
  return Buffer.from(
    hidden.reduce((rest, name) => rest.replaceAll(` ${name}`, ""), text),
    "latin1",
  );
}
