import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { HOST, readPort } from "../../dev/stack/ports.ts";

/** What the proxy does with a command of a client. */
export type Tampering =
  | "pass"
  | "swallow"
  | "drop_connection"
  | { reply: string }
  /** The server gets this text instead of the command. */
  | { send: string };

export interface TamperingProxy extends AsyncDisposable {
  port: number;
  /** Called for each command. The proxy puts the command's tag before a `reply`. */
  onCommand: (command: string) => Tampering;
  /** Called with each text of the server. Returns the text that the client gets instead. */
  onResponse: (text: string) => string;
  /** Sends all clients a line that does not come from the server. */
  inject(line: string): void;
  connectionCount(): number;
}

/**
 * Forwards one client's commands, one by one. Before the proxy answers a command itself, it waits
 * for the server's answers to all earlier commands. So the answers stay in order.
 */
class Commands {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #tamper: (command: string) => Tampering;
  /** Lines that are not passed on yet. */
  readonly #lines: string[] = [];
  /** Tags of commands that the server has not answered yet. */
  readonly #running = new Set<string>();
  #rest = "";

  constructor(client: Socket, upstream: Socket, tamper: (command: string) => Tampering) {
    this.#client = client;
    this.#upstream = upstream;
    this.#tamper = tamper;
  }

  add(text: string): void {
    const lines = (this.#rest + text).split(/(?<=\r\n)/);
    this.#rest = lines.at(-1)?.endsWith("\r\n") ? "" : (lines.pop() ?? "");
    this.#lines.push(...lines);
    this.#passOn();
  }

  onAnswer(text: string): void {
    for (const [, tag = ""] of text.matchAll(/^(\w+) (?:OK|NO|BAD)\b/gm)) this.#running.delete(tag);
    this.#passOn();
  }

  #passOn(): void {
    for (let line = this.#lines[0]; line !== undefined; line = this.#lines[0]) {
      if (this.#pending !== undefined && this.#running.size > 0) return;
      const tampering = this.#pending ?? this.#tamper(line);
      const [tag = ""] = line.split(" ", 1);
      const isReply = typeof tampering === "object" && "reply" in tampering;
      this.#pending = isReply && this.#running.size > 0 ? tampering : undefined;
      if (this.#pending) return;
      this.#lines.shift();
      if (tampering === "drop_connection") this.#client.destroy();
      else if (isReply) this.#client.write(`${tag} ${tampering.reply}\r\n`);
      else if (tampering !== "swallow")
        this.#send(tag, tampering === "pass" ? line : tampering.send);
    }
  }

  /**
   * A reply of the proxy to the first line of `#lines`. The proxy sends it when the server has
   * answered all earlier commands.
   */
  #pending: Tampering | undefined;

  #send(tag: string, text: string): void {
    if (text.includes(" ")) this.#running.add(tag);
    this.#upstream.write(Buffer.from(text, "latin1"));
  }
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
    const commands = new Commands(client, upstream, (command) => proxy.onCommand(command));
    client.on("data", (data) => commands.add(data.toString("latin1")));
    upstream.on("data", (data) => {
      const text = data.toString("latin1");
      client.write(Buffer.from(proxy.onResponse(text), "latin1"));
      commands.onAnswer(text);
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
