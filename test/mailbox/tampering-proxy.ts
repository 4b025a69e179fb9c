import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { HOST, readPort } from "../../dev/stack/ports.ts";

/** What the proxy does with a command of a client. */
export type Tampering =
  | "pass"
  | "swallow"
  | "drop_connection"
  | { reply: string }
  /** The server gets this text instead. */
  | { send: string };

export interface TamperingProxy extends AsyncDisposable {
  port: number;
  /** Called for each command. A reply gets the command's tag. */
  onCommand: (command: string) => Tampering;
  /** Called with each text of the server. Returns the text that the client gets instead. */
  onResponse: (text: string) => string;
  /** Sends all clients a line that does not come from the server. */
  inject(line: string): void;
  connectionCount(): number;
}

/**
 * Starts a proxy that can change data in both directions, between clients and an IMAP server
 * without TLS.
 */
export async function startTamperingProxy(target: {
  host: string;
  port: number;
}): Promise<TamperingProxy> {
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  let count = 0;
  const server = createServer((client) => {
    count += 1;
    const upstream = connect(target.port, target.host);
    clients.add(client);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => sockets.delete(socket));
    }
    client.on("close", () => {
      clients.delete(client);
      upstream.destroy();
    });
    upstream.on("close", () => client.destroy());
    client.on("data", (data) => {
      const tampering = proxy.onCommand(data.toString("latin1"));
      if (tampering === "pass") upstream.write(data);
      else if (tampering === "drop_connection") client.destroy();
      else if (typeof tampering === "object" && "send" in tampering) {
        upstream.write(Buffer.from(tampering.send, "latin1"));
      } else if (tampering !== "swallow") {
        const [tag] = data.toString("latin1").split(" ", 1);
        client.write(`${tag} ${tampering.reply}\r\n`);
      }
    });
    upstream.on("data", (data) => {
      client.write(Buffer.from(proxy.onResponse(data.toString("latin1")), "latin1"));
    });
  });
  server.listen(0, HOST);
  await once(server, "listening");
  const proxy: TamperingProxy = {
    port: readPort(server),
    onCommand: () => "pass",
    onResponse: (text) => text,
    inject(line) {
      for (const client of clients) client.write(`${line}\r\n`);
    },
    connectionCount: () => count,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
  return proxy;
}
