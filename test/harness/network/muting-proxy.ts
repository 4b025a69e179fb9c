import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { HOST, readPort } from "../../../dev/stack/ports.ts";

/**
 * What the proxy does with connections and data. It always accepts both.
 *
 * - `pass`: It forwards all data.
 * - `mute`: It holds all data back until the mode is `pass` again.
 * - `swallow`: It drops all data. A connection that lost data stays broken.
 */
export type ProxyMode = "pass" | "mute" | "swallow";

/**
 * A proxy between clients and a server. It can stop forwarding data without closing connections.
 */
export interface MutingProxy extends AsyncDisposable {
  /** `host:port` */
  address: string;
  /** The number of clients that are connected. */
  connectionCount(): number;
  become(mode: ProxyMode): void;
  /**
   * Delays all data by this time, in both directions. Applies to data that arrives after the call.
   */
  delayBy(ms: number): void;
}

/** Returns `url` with the address of the proxy, so that clients connect through the proxy. */
export function throughProxy(url: string, { address }: MutingProxy): string {
  const through = new URL(url);
  through.host = address;
  return through.href;
}

/** @param target The server behind the proxy, as host:port. */
export async function startMutingProxy(target: string): Promise<MutingProxy> {
  const [host, port] = target.split(":");
  const clients = new Set<Socket>();
  const sockets = new Set<Socket>();
  let mode: ProxyMode = "pass";
  let delayMs = 0;
  let held: (() => void)[] = [];

  const server = createServer((client) => {
    const upstream = connect({ port: Number(port), host: host ?? HOST, noDelay: true });
    clients.add(client);
    client.on("close", () => clients.delete(client));
    let isSwallowed = false;
    const pass = (from: Socket, to: Socket) => {
      const send = (chunk: Buffer) => void (to.writable && to.write(chunk));
      from.on("data", (chunk: Buffer) => {
        if (mode === "swallow") isSwallowed = true;
        if (isSwallowed) return;
        if (mode === "mute") held.push(() => send(chunk));
        else if (delayMs > 0) setTimeout(send, delayMs, chunk);
        else send(chunk);
      });
      from.on("error", () => undefined);
      // In the modes `mute` and `swallow`, the proxy hides that one side has closed its connection.
      from.on("close", () => {
        sockets.delete(from);
        if (mode === "pass") to.destroy();
        else held.push(() => to.destroy());
      });
      sockets.add(from);
    };
    pass(client, upstream);
    pass(upstream, client);
  });
  server.listen(0, HOST);
  await once(server, "listening");
  return {
    address: `${HOST}:${readPort(server)}`,
    connectionCount: () => clients.size,
    become(next) {
      mode = next;
      if (mode !== "pass") return;
      for (const release of held) release();
      held = [];
    },
    delayBy(ms) {
      delayMs = ms;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
