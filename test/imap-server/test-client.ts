import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { ImapFlow, type ImapFlowOptions } from "imapflow";
import { type ImapServerOptions, startImapServer, type TestImapServer } from "./imap-server.ts";

export const ALICE = { login: "alice", password: 'pässword "1"', address: "alice@example.com" };

export const MAIL =
  "From: Bob <bob@example.com>\r\nTo: alice@example.com\r\nSubject: Hello\r\n\r\nHello, Alice\r\n";

export async function startWithAlice(options?: ImapServerOptions): Promise<TestImapServer> {
  const server = await startImapServer(options);
  server.addAccount(ALICE);
  return server;
}

/** Connects an imapflow client and logs in. Disposing the client drops its socket. */
export async function connectClient(
  server: TestImapServer,
  options: Partial<ImapFlowOptions> = {},
): Promise<ImapFlow & AsyncDisposable> {
  const client = new ImapFlow({
    host: server.host,
    port: server.port,
    secure: false,
    doSTARTTLS: false,
    auth: { user: ALICE.login, pass: ALICE.password },
    logger: false,
    disableAutoIdle: true,
    ...options,
  });
  client.on("error", () => undefined);
  await client.connect();
  return Object.assign(client, {
    [Symbol.asyncDispose]: () => Promise.resolve(client.close()),
  });
}

/** A raw client, for data that imapflow would not send. Text is Latin-1. */
export class RawClient implements Disposable {
  /** Called with all data as it arrives. */
  onChunk: (text: string) => void = () => {};
  readonly #socket: Socket;
  #received = "";

  constructor(server: Pick<TestImapServer, "host" | "port">) {
    this.#socket = connect(server.port, server.host);
    this.#socket.setEncoding("latin1");
    this.#socket.on("data", (data) => {
      const text = String(data);
      this.#received += text;
      this.onChunk(text);
    });
  }

  /**
   * Sends the text and waits until the received data matches `end`. Resolves to all data since the
   * previous call.
   */
  async exchange(text: string, end: RegExp): Promise<string> {
    this.#socket.write(text, "latin1");
    while (!end.test(this.#received)) await once(this.#socket, "data");
    const received = this.#received;
    this.#received = "";
    return received;
  }

  /**
   * Sends the text and waits until the server closes the connection. Resolves to all data since the
   * previous call.
   */
  async exchangeToEnd(text: string): Promise<string> {
    const closed = once(this.#socket, "close");
    this.#socket.write(text, "latin1");
    await closed;
    return this.#received;
  }

  [Symbol.dispose](): void {
    this.#socket.destroy();
  }
}
