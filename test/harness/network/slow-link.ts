import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { HOST, readPort } from "../../../dev/stack/ports.ts";

/** A proxy between the edge and the database that delays all bytes and counts round trips. */
export interface SlowLink extends AsyncDisposable {
  /** host:port of the proxy. */
  address: string;
  /** The time there and back. It may be changed at any time. */
  delayMs: number;
  /**
   * How often a client had to wait for the server until now: each answer to bytes that a client
   * sent is one round trip, however many packets it has.
   */
  countRoundTrips(): number;
}

export async function startSlowLink(port: number): Promise<SlowLink> {
  const sockets = new Set<Socket>();
  let roundTrips = 0;

  const forward = (from: Socket, to: Socket, onBytes: () => void) => {
    from.on("data", (bytes) => {
      const pass = () => {
        onBytes();
        to.write(bytes);
      };
      // Timers of the same length end in the order in which they began, so the bytes stay in order.
      if (link.delayMs > 0) setTimeout(pass, link.delayMs / 2);
      else pass();
    });
    from.on("error", () => undefined);
    from.on("close", () => {
      setTimeout(() => to.destroy(), link.delayMs / 2);
      sockets.delete(from);
    });
    sockets.add(from);
  };

  const server = createServer({ noDelay: true }, (client) => {
    const database = connect({ host: HOST, port, noDelay: true });
    let isAwaited = false;
    forward(client, database, () => (isAwaited = true));
    forward(database, client, () => {
      if (isAwaited) roundTrips++;
      isAwaited = false;
    });
  });
  server.listen(0, HOST);
  await once(server, "listening");

  const link: SlowLink = {
    address: `${HOST}:${readPort(server)}`,
    delayMs: 0,
    countRoundTrips: () => roundTrips,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return link;
}
