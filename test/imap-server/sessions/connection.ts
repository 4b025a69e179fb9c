import type { Socket } from "node:net";
import { type SecureContext, TLSSocket } from "node:tls";
import { capabilities } from "./capabilities.ts";
import type { Chaos } from "../chaos/chaos.ts";
import { Liar, type LiarSocket } from "../chaos/liar.ts";
import type { ImapCommand } from "../parsing/command.ts";
import { commandTag, parseCommand } from "../parsing/command-parser.ts";
import { CommandReader } from "../parsing/command-reader.ts";
import { dispatch } from "./dispatch.ts";
import type { MailboxChange } from "../accounts/mailbox.ts";
import { ImapSyntaxError } from "../parsing/scanner.ts";
import type { ImapServerEventType } from "./server-event.ts";
import type { Completion, ServerFacts, Session, SessionState } from "./session.ts";
import { type WirePart, wireBytes } from "./wire.ts";

interface ConnectionDeps {
  server: ServerFacts;
  /** The TLS context for STARTTLS. */
  secureContext: SecureContext | undefined;
  chaos: Chaos | undefined;
  onEvent(type: ImapServerEventType, connection: ServedConnection): void;
}

const MAX_WAITING_COMMANDS = 100;
/** During these commands the client's sequence numbers must not shift (RFC 3501, section 7.4.1). */
const KEEPS_NUMBERS: readonly ImapCommand["name"][] = ["FETCH", "STORE", "SEARCH"];

/**
 * The connection of one client: splits the stream into commands, executes them one by one, and
 * sends the answers.
 */
export class ServedConnection implements Session {
  readonly server: ServerFacts;
  state: SessionState = { kind: "not-authenticated" };
  isIdling = false;
  readonly #deps: ConnectionDeps;
  readonly #liar: Liar | undefined;
  #socket: Socket;
  #reader = new CommandReader();
  #waiting: Buffer[] = [];
  #isBusy = false;
  #answer: ((line: string) => void) | undefined;
  #endWatch: (() => void) | undefined;

  constructor(socket: Socket, deps: ConnectionDeps) {
    this.#socket = socket;
    this.#deps = deps;
    this.server = deps.server;
    this.#liar = deps.chaos && new Liar(deps.chaos, this.#liarSocket());
    this.#listen();
    this.#greet();
  }

  get login(): string | undefined {
    return this.state.kind === "not-authenticated" ? undefined : this.state.account.login;
  }

  get canStartTls(): boolean {
    return this.#deps.secureContext !== undefined && !(this.#socket instanceof TLSSocket);
  }

  enter(state: SessionState): void {
    this.#endWatch?.();
    this.#endWatch = undefined;
    this.state = state;
    if (state.kind !== "selected") return;
    this.#endWatch = state.view.mailbox.watch((change) => this.#onMailboxChange(change));
  }

  /** Sends data to the client. If the server has chaos, all data goes through the liar. */
  send(...parts: WirePart[]): void {
    const bytes = wireBytes([...parts, "\r\n"]);
    if (this.#liar) this.#liar.send(bytes);
    else this.#write(bytes);
  }

  sendUpdates(mayExpunge: boolean): void {
    if (this.state.kind !== "selected") return;
    const { view } = this.state;
    const knownUid = view.largestUid;
    const updates = view.takeUpdates(mayExpunge);
    this.#liar?.announce(view, knownUid);
    for (const update of updates) this.send(`* ${update}`);
  }

  async drained(): Promise<void> {
    const socket = this.#socket;
    if (!socket.writableNeedDrain) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.once("drain", resolve).once("close", resolve);
    await promise;
    socket.off("drain", resolve).off("close", resolve);
  }

  ask(prompt: string): Promise<string> {
    this.send(`+ ${prompt}`);
    const line = this.#waiting.shift();
    if (line) return Promise.resolve(line.toString("latin1"));
    return new Promise((resolve) => (this.#answer = resolve));
  }

  tell(event: ImapServerEventType): void {
    this.#deps.onEvent(event, this);
  }

  endAt(atMs: number): void {
    const timer = setTimeout(() => this.end("Session expired"), atMs - Date.now());
    this.#socket.once("close", () => clearTimeout(timer));
  }

  /** Drops the connection without a BYE. */
  destroy(): void {
    this.#socket.destroy();
  }

  /** Sends BYE and ends the connection. */
  end(reason: string): void {
    this.send(`* BYE ${reason}`);
    this.#hangUp();
  }

  #greet(): void {
    const greeting = `* OK [CAPABILITY ${capabilities(this)}] SuperIMAP test server ready`;
    if (this.#liar) this.#liar.greet(wireBytes([greeting, "\r\n"]));
    else this.send(greeting);
  }

  #write(bytes: Uint8Array): void {
    if (this.#socket.writable) this.#socket.write(bytes);
  }

  #liarSocket(): LiarSocket {
    const isOpen = () => this.#socket.writable;
    return {
      get isOpen() {
        return isOpen();
      },
      write: (bytes) => this.#write(bytes),
      hangUp: () => this.#hangUp(),
      drop: () => this.#socket.destroySoon(),
      stopReading: () => void this.#socket.removeAllListeners("data").pause(),
    };
  }

  /** Ends the connection. Input that still arrives is discarded. */
  #hangUp(): void {
    this.#socket.removeAllListeners("data").end();
  }

  #listen(): void {
    const socket = this.#socket;
    socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    // An error, such as a reset by the client, needs no other handling: "close" always follows.
    socket.on("error", () => socket.destroy());
    socket.on("close", () => {
      if (socket === this.#socket) this.#onClose();
    });
  }

  #onData(chunk: Buffer): void {
    for (const input of this.#reader.push(chunk)) {
      switch (input.kind) {
        case "command":
          this.#take(input.bytes);
          break;
        case "continue":
          this.send("+ Ready for the literal");
          break;
        case "too-long":
          return this.end("[TOOBIG] The command is too long");
      }
    }
  }

  #take(line: Buffer): void {
    if (this.#answer) {
      const answer = this.#answer;
      this.#answer = undefined;
      return answer(line.toString("latin1"));
    }
    this.#waiting.push(line);
    if (this.#waiting.length > MAX_WAITING_COMMANDS) this.#socket.pause();
    if (!this.#isBusy) void this.#work();
  }

  /** Executes the waiting commands. Never rejects: a bug is logged and ends this connection. */
  async #work(): Promise<void> {
    this.#isBusy = true;
    try {
      for (let line = this.#waiting.shift(); line; line = this.#waiting.shift()) {
        await this.#handle(line.toString("latin1"));
      }
      this.#socket.resume();
    } catch (error) {
      console.error("The IMAP connection failed:", error);
      this.end("Internal error");
    } finally {
      this.#isBusy = false;
    }
  }

  async #handle(line: string): Promise<void> {
    const tag = commandTag(line);
    if (tag === undefined) return this.send("* BAD Expected a tag and a command");
    const completion = await this.#complete(line.slice(tag.length + 1));
    this.send(`${tag} ${completion.text}`);
    if (completion.afterwards === "close") this.#hangUp();
    if (completion.afterwards === "start-tls") this.#startTls();
  }

  async #complete(text: string): Promise<Completion> {
    try {
      const command = parseCommand(text);
      const completion = await this.#dispatch(command);
      this.sendUpdates(!KEEPS_NUMBERS.includes(command.name));
      return completion;
    } catch (error) {
      if (error instanceof ImapSyntaxError) return { text: `BAD ${error.message}` };
      throw error;
    }
  }

  #dispatch(command: ImapCommand): Promise<Completion> {
    return this.#liar ? this.#liar.dispatch(this, command) : dispatch(this, command);
  }

  #onMailboxChange(change: MailboxChange): void {
    // UIDVALIDITY must not change during a session, so this session must end (RFC 3501, section
    // 2.3.1.1).
    if (change.kind === "reset") return this.end("UIDVALIDITY changed");
    if (change.kind === "flags" && this.state.kind === "selected")
      this.state.view.flagsChanged(change.uid);
    if (this.isIdling) this.sendUpdates(true);
  }

  /**
   * Starts TLS. Discards commands that the client sent before the handshake, because they were not
   * protected (RFC 3501, section 6.2.1).
   */
  #startTls(): void {
    const { secureContext } = this.#deps;
    if (!secureContext) return;
    const plain = this.#socket;
    plain.removeAllListeners("data");
    this.#reader = new CommandReader();
    this.#waiting = [];
    this.#socket = new TLSSocket(plain, { isServer: true, secureContext });
    this.#listen();
  }

  #onClose(): void {
    this.#endWatch?.();
    this.#endWatch = undefined;
    this.isIdling = false;
    this.tell("disconnect");
  }
}
