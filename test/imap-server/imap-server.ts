import { createServer, type Socket } from "node:net";
import { createSecureContext, createServer as createTlsServer } from "node:tls";
import type { AccountSettings } from "./accounts/account.ts";
import { Accounts } from "./accounts/accounts.ts";
import type { Chaos } from "./chaos/chaos.ts";
import { Clients } from "./sessions/clients.ts";
import { ServedConnection } from "./sessions/connection.ts";
import { type Delivered, deliverRaw, type DeliveryOptions } from "./accounts/delivery.ts";
import { diskStore } from "./accounts/disk-store.ts";
import { listen } from "./listener.ts";
import { memoryStore } from "./accounts/mail-store.ts";
import type { Oauth1Options, Oauth2Options } from "./sasl/token-options.ts";
import { startSmtp } from "./smtp.ts";
import { drawUidValidity } from "./accounts/uid-validity.ts";

export interface ImapServerOptions {
  /** Default: 127.0.0.1. */
  host?: string;
  /** 0 means any free port. The default of `port`, `tlsPort` and `smtpPort` is 0. */
  port?: number;
  tlsPort?: number;
  smtpPort?: number;
  /** Key and certificate in PEM. Without them there is no TLS port and no STARTTLS. */
  tls?: { key: string; cert: string };
  /**
   * Whether the server behaves like Gmail: it has labels, Gmail's mailboxes and Gmail's IMAP
   * extension X-GM-EXT-1. Default: false.
   */
  gmail?: boolean;
  /** Whether the server offers IDLE. Default: true. */
  idle?: boolean;
  /**
   * The folder that keeps mail across restarts. Default: memory only, with a new UIDVALIDITY at
   * each start.
   */
  directory?: string;
  /** Options of XOAUTH2 and OAUTHBEARER. Default: the server offers neither. */
  oauth2?: Oauth2Options;
  /** Options of XOAUTH. Default: the server does not offer it. */
  oauth1?: Oauth1Options;
  /** Makes the server lie. */
  chaos?: Chaos;
}

export interface TestImapServer extends AsyncDisposable {
  readonly host: string;
  readonly port: number;
  readonly tlsPort: number | undefined;
  readonly smtpPort: number;
  /**
   * Dispatches an ImapServerEvent at each "login", "idle" (a client entered IDLE) and "disconnect".
   */
  readonly events: EventTarget;
  addAccount(account: AccountSettings): void;
  /**
   * Delivers a mail, and immediately notifies clients in IDLE. If `raw` is a string, the mail
   * consists of its UTF-8 bytes.
   */
  deliver(address: string, raw: Uint8Array | string, options?: DeliveryOptions): Delivered;
  /** Changes a password. Clients that are logged in remain logged in. */
  setPassword(login: string, password: string): void;
  /** Removes a mail from a mailbox. In a Gmail account the other mailboxes keep their copies. */
  expunge(address: string, mailbox: string, uid: number): void;
  /**
   * Renumbers the mail from 1 and ends the sessions that have the mailbox selected. Returns the new
   * UIDVALIDITY.
   */
  resetUidValidity(address: string, mailbox?: string): number;
  /**
   * Drops sockets without sending a BYE: those of all clients, or only those of the clients that
   * are logged in as `login`.
   */
  disconnectAll(login?: string): void;
  connectionCount(login?: string): number;
  /** Returns the number of connections that are in IDLE now. */
  idleCount(login?: string): number;
  /** Returns the number of successful logins since the start. */
  loginCount(login?: string): number;
}

export async function startImapServer(options: ImapServerOptions = {}): Promise<TestImapServer> {
  const { host = "127.0.0.1", tls, gmail = false, idle = true, directory } = options;
  const accounts = new Accounts({
    store: directory === undefined ? memoryStore : diskStore(directory),
    freshUidValidity: drawUidValidity(),
    gmail,
  });
  const clients = new Clients();
  const deps = {
    server: { accounts, gmail, idle, oauth1: options.oauth1, oauth2: options.oauth2 },
    secureContext: tls && createSecureContext(tls),
    chaos: options.chaos,
    onEvent: clients.onEvent,
  };
  const accept = (socket: Socket) => clients.add(new ServedConnection(socket, deps));

  await using starting = new AsyncDisposableStack();
  const plain = starting.use(
    await listen(createServer({ noDelay: true }, accept), host, options.port ?? 0),
  );
  const secure =
    tls &&
    starting.use(
      await listen(createTlsServer({ ...tls, noDelay: true }, accept), host, options.tlsPort ?? 0),
    );
  const smtp = starting.use(await startSmtp(accounts, { host, port: options.smtpPort ?? 0 }));
  const started = starting.move();

  return {
    host,
    port: plain.port,
    tlsPort: secure?.port,
    smtpPort: smtp.port,
    events: clients.events,
    addAccount: (account) => accounts.add(account),
    deliver: (address, raw, delivery) =>
      deliverRaw(accounts.getByAddress(address), Buffer.from(raw), delivery),
    setPassword: (login, password) => void (accounts.getByLogin(login).password = password),
    expunge: (address, mailbox, uid) =>
      accounts.getMailbox(address, mailbox).expunge(new Set([uid])),
    resetUidValidity: (address, mailbox = "INBOX") =>
      accounts.getMailbox(address, mailbox).resetUidValidity(),
    disconnectAll: (login) => clients.of(login).forEach((client) => client.destroy()),
    connectionCount: (login) => clients.of(login).length,
    idleCount: (login) => clients.of(login).filter((client) => client.isIdling).length,
    loginCount: (login) => clients.loginCount(login),
    [Symbol.asyncDispose]: () => started.disposeAsync(),
  };
}
